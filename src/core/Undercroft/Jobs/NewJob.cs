namespace Undercroft.Jobs;

/// <summary>A job to enqueue.</summary>
public sealed record NewJob
{
    /// <summary>The longest name of a queue, a kind, a key or a batch, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 128;

    /// <summary>The queue of a job that names none.</summary>
    public const string DefaultQueue = "default";

    // What most jobs have nothing of is kept apart: a plain job is small.
    private Traits traits = Traits.None;

    /// <summary>Its id; a fresh one unless it is given.</summary>
    public JobId Id { get; init; } = JobId.New();

    /// <summary>Its queue.</summary>
    public string Queue { get; init; } = DefaultQueue;

    /// <summary>What kind of job it is: a stable name that workers know, not the name of a type.</summary>
    public required string Kind { get; init; }

    /// <summary>What the handler is given. The bytes must not change until the commit has completed.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The smaller, the sooner; 0 is normal.</summary>
    public int Priority
    {
        get => traits.Priority;
        init => traits = value != traits.Priority ? traits with { Priority = value } : traits;
    }

    /// <summary>How long to wait before it is due, by the store's clock.</summary>
    public TimeSpan Delay
    {
        get => traits.Delay;
        init => traits = value != traits.Delay ? traits with { Delay = value } : traits;
    }

    /// <summary>When it is due, at most <see cref="JobLimits.DueAtMax"/>; null means after <see cref="Delay"/>, which
    /// stands alone.</summary>
    public DateTimeOffset? DueAt
    {
        get => traits.DueAt;
        init => traits = value != traits.DueAt ? traits with { DueAt = value } : traits;
    }

    /// <summary>How often it is tried at most, the first time included. The default is 20.</summary>
    public int AttemptsMax
    {
        get => traits.AttemptsMax;
        init => traits = value != traits.AttemptsMax ? traits with { AttemptsMax = value } : traits;
    }

    /// <summary>How often its worker may die while it runs, before it is taken for poison. The default is 3.</summary>
    public int CrashesMax
    {
        get => traits.CrashesMax;
        init => traits = value != traits.CrashesMax ? traits with { CrashesMax = value } : traits;
    }

    /// <summary>How long one run may take; zero means no limit. Workers enforce it.</summary>
    public TimeSpan Timeout
    {
        get => traits.Timeout;
        init => traits = value != traits.Timeout ? traits with { Timeout = value } : traits;
    }

    /// <summary>Of the jobs with one key in a queue at most one is on its way; null means that it has none.</summary>
    public string? UniqueKey
    {
        get => traits.UniqueKey;
        init => traits = value != traits.UniqueKey ? traits with { UniqueKey = value } : traits;
    }

    /// <summary>For how long after enqueueing the key is taken, even where the job has ended; zero means until it ends.
    /// Only with a <see cref="UniqueKey"/>.</summary>
    public TimeSpan UniqueFor
    {
        get => traits.UniqueFor;
        init => traits = value != traits.UniqueFor ? traits with { UniqueFor = value } : traits;
    }

    /// <summary>What happens where the key is taken.</summary>
    public DuplicatePolicy Duplicates
    {
        get => traits.Duplicates;
        init => traits = value != traits.Duplicates ? traits with { Duplicates = value } : traits;
    }

    /// <summary>Of the jobs with one key in a queue only so many are ready or running; the others wait, in the order
    /// they came. Null means that it has none.</summary>
    public string? ConcurrencyKey
    {
        get => traits.ConcurrencyKey;
        init => traits = value != traits.ConcurrencyKey ? traits with { ConcurrencyKey = value } : traits;
    }

    /// <summary>How many may be ready or running with the key. The default is 1.</summary>
    public int ConcurrencyLimit
    {
        get => traits.ConcurrencyLimit;
        init => traits = value != traits.ConcurrencyLimit ? traits with { ConcurrencyLimit = value } : traits;
    }

    /// <summary>How often jobs like this one may begin; null means as often as there are workers.</summary>
    public RateLimit? RateLimit
    {
        get => traits.RateLimit;
        init => traits = value != traits.RateLimit ? traits with { RateLimit = value } : traits;
    }

    /// <summary>The jobs to wait for.</summary>
    public IReadOnlyList<JobDependency> DependsOn
    {
        get => traits.DependsOn;
        init => traits = !ReferenceEquals(value, traits.DependsOn) ? traits with { DependsOn = value } : traits;
    }

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch
    {
        get => traits.Batch;
        init => traits = value != traits.Batch ? traits with { Batch = value } : traits;
    }

    /// <summary>A batch whose jobs must all have ended first; enqueue it with them, or after them. Null means none.
    /// </summary>
    public string? AfterBatch
    {
        get => traits.AfterBatch;
        init => traits = value != traits.AfterBatch ? traits with { AfterBatch = value } : traits;
    }

    /// <summary>Text that travels with it, such as the trace it belongs to.</summary>
    public RecordMeta Headers
    {
        get => traits.Headers;
        init => traits = !ReferenceEquals(value, traits.Headers) ? traits with { Headers = value } : traits;
    }

    private sealed record Traits
    {
        public static Traits None { get; } = new();

        public int Priority { get; init; }

        public int AttemptsMax { get; init; } = 20;

        public TimeSpan Delay { get; init; }

        public DateTimeOffset? DueAt { get; init; }

        public int CrashesMax { get; init; } = 3;

        public TimeSpan Timeout { get; init; }

        public string? UniqueKey { get; init; }

        public TimeSpan UniqueFor { get; init; }

        public DuplicatePolicy Duplicates { get; init; }

        public string? ConcurrencyKey { get; init; }

        public int ConcurrencyLimit { get; init; } = 1;

        public RateLimit? RateLimit { get; init; }

        public IReadOnlyList<JobDependency> DependsOn { get; init; } = [];

        public string? Batch { get; init; }

        public string? AfterBatch { get; init; }

        public RecordMeta Headers { get; init; } = RecordMeta.Empty;
    }
}
