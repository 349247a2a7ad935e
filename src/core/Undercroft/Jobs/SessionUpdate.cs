namespace Undercroft.Jobs;

/// <summary>A session's word to the store.</summary>
public sealed record SessionUpdate
{
    /// <summary>What it has to say.</summary>
    public SessionUpdateKind Kind { get; init; }

    /// <summary>For how long it is taken to live from now on, by the store's clock; above zero. The default is 10
    /// seconds.</summary>
    public TimeSpan Lease { get; init; } = JobLimits.DefaultLease;

    /// <summary>A name for people, such as the host's; it identifies nothing. Null keeps the one it has.</summary>
    public string? Name { get; init; }

    /// <summary>How far its runs have got.</summary>
    public IReadOnlyList<JobProgress> Progress { get; init; } = [];

    /// <summary>The instant it happens at, for tests; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
