namespace Undercroft.Jobs;

/// <summary>A small row beside the jobs: a key, a limiter, a queue, a session or a batch. For backends.</summary>
/// <param name="kind">What it is about.</param>
/// <param name="key">Its name among its kind.</param>
public sealed class JobCell(JobCellKind kind, string key)
{
    private const int CountsMax = 6;

    private readonly long[] counts = new long[CountsMax];

    /// <summary>What it is about.</summary>
    public JobCellKind Kind { get; } = kind;

    /// <summary>Its name among its kind.</summary>
    public string Key { get; } = key;

    /// <summary>A time, in ticks of UTC: see the kinds.</summary>
    public long At { get; set; }

    /// <summary>A flag: see the kinds.</summary>
    public bool Flag { get; set; }

    /// <summary>The job of a unique key.</summary>
    public JobId Job { get; set; }

    /// <summary>A text: the name of a session, or when the jobs of a limiter began.</summary>
    public string? Text { get; set; }

    /// <summary>The jobs that wait for a batch.</summary>
    public IReadOnlyList<JobEdge>? Edges { get; set; }

    /// <summary>Numbers: see <see cref="JobJudge"/>.</summary>
    public Span<long> Counts => counts;
}
