namespace Undercroft.Jobs;

/// <summary>What only some jobs have. For backends: it is kept beside the row, in the form of <see cref="JobForm"/>.
/// </summary>
public sealed class JobExtra
{
    /// <summary>The text that travels with it.</summary>
    public RecordMeta Headers { get; set; } = RecordMeta.Empty;

    /// <summary>How long a run may take, in ticks; zero means no limit.</summary>
    public long Timeout { get; set; }

    /// <summary>How often its worker may die; zero means the default.</summary>
    public int CrashesMax { get; set; }

    /// <summary>How often its worker died.</summary>
    public int Crashes { get; set; }

    /// <summary>How often it was snoozed.</summary>
    public int Snoozes { get; set; }

    /// <summary>How often it was run again after its end.</summary>
    public int Requeues { get; set; }

    /// <summary>Whether its worker is asked to cancel it.</summary>
    public bool IsCancelRequested { get; set; }

    /// <summary>Its unique key.</summary>
    public string? UniqueKey { get; set; }

    /// <summary>Its concurrency key.</summary>
    public string? ConcurrencyKey { get; set; }

    /// <summary>How many may be ready or running with the key.</summary>
    public int ConcurrencyLimit { get; set; }

    /// <summary>Its rate limit.</summary>
    public RateLimit? RateLimit { get; set; }

    /// <summary>Whether its rate limit has given it a place in line.</summary>
    public bool HasToken { get; set; }

    /// <summary>The batch it counts in.</summary>
    public string? Batch { get; set; }

    /// <summary>How many jobs and batches it waits for.</summary>
    public int DependenciesLeft { get; set; }

    /// <summary>The jobs that wait for it.</summary>
    public IReadOnlyList<JobEdge>? Dependents { get; set; }

    /// <summary>Its latest errors.</summary>
    public IReadOnlyList<JobError>? Errors { get; set; }

    /// <summary>Its steps.</summary>
    public IReadOnlyList<JobStep>? Steps { get; set; }

    /// <summary>What it left.</summary>
    public ReadOnlyMemory<byte> Result { get; set; }

    /// <summary>How much is done.</summary>
    public double Progress { get; set; }

    /// <summary>What it is at.</summary>
    public string? ProgressText { get; set; }
}
