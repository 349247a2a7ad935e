namespace Undercroft.Jobs;

/// <summary>A job to enqueue.</summary>
public sealed record NewJob
{
    /// <summary>The longest name of a queue, a kind, a key or a batch, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 128;

    /// <summary>The queue of a job that names none.</summary>
    public const string DefaultQueue = "default";

    /// <summary>Its id; a fresh one unless it is given.</summary>
    public JobId Id { get; init; } = JobId.New();

    /// <summary>Its queue.</summary>
    public string Queue { get; init; } = DefaultQueue;

    /// <summary>What kind of job it is: a stable name that workers know, not the name of a type.</summary>
    public required string Kind { get; init; }

    /// <summary>What the handler is given. The bytes must not change until the commit has completed.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The smaller, the sooner; 0 is normal.</summary>
    public int Priority { get; init; }

    /// <summary>How long to wait before it is due, by the store's clock.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When it is due; null means after <see cref="Delay"/>.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How often it is tried at most, the first time included. The default is 20.</summary>
    public int AttemptsMax { get; init; } = 20;

    /// <summary>How often its worker may die while it runs, before it is taken for poison. The default is 3.</summary>
    public int CrashesMax { get; init; } = 3;

    /// <summary>How long one run may take; zero means no limit. Workers enforce it.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Of the jobs with one key in a queue at most one is on its way; null means that it has none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>For how long after enqueueing the key is taken, even where the job has ended; zero means until it ends.
    /// </summary>
    public TimeSpan UniqueFor { get; init; }

    /// <summary>What happens where the key is taken.</summary>
    public DuplicatePolicy Duplicates { get; init; }

    /// <summary>Of the jobs with one key in a queue only so many are ready or running; the others wait, in the order
    /// they came. Null means that it has none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>How many may be ready or running with the key. The default is 1.</summary>
    public int ConcurrencyLimit { get; init; } = 1;

    /// <summary>How often jobs like this one may begin; null means as often as there are workers.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>The jobs to wait for.</summary>
    public IReadOnlyList<JobDependency> DependsOn { get; init; } = [];

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch { get; init; }

    /// <summary>A batch whose jobs must all have ended first; enqueue it with them, or after them. Null means none.
    /// </summary>
    public string? AfterBatch { get; init; }

    /// <summary>Text that travels with it, such as the trace it belongs to.</summary>
    public RecordMeta Headers { get; init; } = RecordMeta.Empty;
}
