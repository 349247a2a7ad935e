namespace Undercroft.Jobs;

/// <summary>How the jobs of one kind are run.</summary>
public sealed record JobHandlerOptions
{
    /// <summary>The options of a handler that names none.</summary>
    public static JobHandlerOptions Default { get; } = new();

    /// <summary>When a job that failed runs again. A job's own limit of attempts counts too: the smaller of the two.
    /// </summary>
    public RetryPolicy Retry { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } =
        RetryPolicy.Default;

    /// <summary>How long a run may take where the job itself names no timeout: positive, at most 3,650 days. Null, the
    /// default, means as long as it likes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is { } time
            ? Bounds.Check(time, TimeSpan.FromTicks(1), Bounds.TimeMax, nameof(Timeout))
            : null;
    }
}
