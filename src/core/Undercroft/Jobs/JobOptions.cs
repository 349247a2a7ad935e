namespace Undercroft.Jobs;

/// <summary>How to enqueue a job: all that <see cref="NewJob"/> has beside kind and payload.</summary>
public sealed record JobOptions
{
    /// <summary>The defaults.</summary>
    public static JobOptions Default { get; } = new();

    /// <summary>Its id; null means a fresh one.</summary>
    public JobId? Id { get; init; }

    /// <summary>Its queue; null means the one of its definition.</summary>
    public string? Queue { get; init; }

    /// <summary>The smaller, the sooner; 0 is normal.</summary>
    public int Priority { get; init; }

    /// <summary>How long to wait before it is due.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When it is due; null means after <see cref="Delay"/>.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How often it is tried at most. The default is 20. The retry policy of its handler counts too: the
    /// smaller of the two.</summary>
    public int AttemptsMax { get; init; } = 20;

    /// <summary>How often its worker may die while it runs. The default is 3.</summary>
    public int CrashesMax { get; init; } = 3;

    /// <summary>How long one run may take; zero means no limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Its unique key; null means none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>For how long the key is taken at least.</summary>
    public TimeSpan UniqueFor { get; init; }

    /// <summary>What happens where the key is taken.</summary>
    public DuplicatePolicy Duplicates { get; init; }

    /// <summary>Its concurrency key; null means none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>How many may be ready or running with the key. The default is 1.</summary>
    public int ConcurrencyLimit { get; init; } = 1;

    /// <summary>Its rate limit; null means none.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>The jobs to wait for.</summary>
    public IReadOnlyList<JobDependency> DependsOn { get; init; } = [];

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch { get; init; }

    /// <summary>A batch whose jobs must all have ended first; null means none.</summary>
    public string? AfterBatch { get; init; }

    /// <summary>Text that travels with it.</summary>
    public RecordMeta Headers { get; init; } = RecordMeta.Empty;

    /// <summary>Makes the job.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="queue">Its queue, where the options name none.</param>
    /// <param name="payload">What the handler is given.</param>
    public NewJob ToJob(string kind, string queue, ReadOnlyMemory<byte> payload) => new()
    {
        Id = Id ?? JobId.New(),
        Queue = Queue ?? queue,
        Kind = kind,
        Payload = payload,
        Priority = Priority,
        Delay = Delay,
        DueAt = DueAt,
        AttemptsMax = AttemptsMax,
        CrashesMax = CrashesMax,
        Timeout = Timeout,
        UniqueKey = UniqueKey,
        UniqueFor = UniqueFor,
        Duplicates = Duplicates,
        ConcurrencyKey = ConcurrencyKey,
        ConcurrencyLimit = ConcurrencyLimit,
        RateLimit = RateLimit,
        DependsOn = DependsOn,
        Batch = Batch,
        AfterBatch = AfterBatch,
        Headers = TraceHeaders.Add(Headers),
    };
}
