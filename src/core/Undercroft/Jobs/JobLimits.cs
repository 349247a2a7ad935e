namespace Undercroft.Jobs;

/// <summary>What jobs may be at most.</summary>
public static class JobLimits
{
    /// <summary>The longest delay, lease, timeout or age: 3,650 days.</summary>
    public static TimeSpan SpanMax { get; } = TimeSpan.FromDays(3650);

    /// <summary>The latest time a job can be due at: the end of the year 2499, as that of schedules.</summary>
    public static DateTimeOffset DueAtMax { get; } =
        new DateTimeOffset(2500, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(-1);

    /// <summary>The longest lease of a session that is asked for by default: 10 seconds.</summary>
    public static TimeSpan DefaultLease { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The most jobs in one claim.</summary>
    public const int ClaimMax = 1000;

    /// <summary>The most jobs that may wait for one job; a batch takes any number.</summary>
    public const int DependentsMax = 1000;

    /// <summary>The most jobs one may wait for.</summary>
    public const int DependenciesMax = 1000;

    /// <summary>How many waiting jobs are looked at to find out whether a new one would wait for itself.</summary>
    public const int CircleJobsMax = 1000;

    /// <summary>How many errors of a job are kept: the latest.</summary>
    public const int ErrorsKept = 20;

    /// <summary>The longest text of an error that is kept, in characters.</summary>
    public const int ErrorLengthMax = 8 * 1024;

    /// <summary>The most durable steps of a job.</summary>
    public const int StepsMax = 1000;

    /// <summary>The most bytes that the outputs of the durable steps of a job have together: 64 MiB.</summary>
    public const int StepBytesMax = 64 * 1024 * 1024;

    /// <summary>The most kinds, and the most queues, of one claim.</summary>
    public const int NamesPerClaimMax = 1000;
}
