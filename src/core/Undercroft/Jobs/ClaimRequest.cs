namespace Undercroft.Jobs;

/// <summary>Asks for jobs to run.</summary>
public sealed record ClaimRequest
{
    /// <summary>The queues to take from.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>The kinds the worker has handlers for. Jobs of other kinds stay for workers that know them.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>The most jobs to take: as many as can begin at once. 1 to <see cref="JobLimits.ClaimMax"/>.</summary>
    public int Max { get; init; } = 1;

    /// <summary>After a claim whose answer was lost: the runs the worker knows of. What else its session holds comes
    /// first, under the leases it has. Null, as usual, means that no answer was lost.</summary>
    public IReadOnlyCollection<JobLease>? Held { get; init; }

    /// <summary>The instant it happens at, for tests; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
