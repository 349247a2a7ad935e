namespace Undercroft.Jobs;

/// <summary>Ends a run with the commit. Where the run is stale the whole commit is refused, with
/// <see cref="ConflictKind.StaleLease"/>: what it writes beside happens at most once for each job.</summary>
/// <param name="lease">The run.</param>
/// <param name="settlement">How it ended.</param>
public sealed class SettleOperation(JobLease lease, Settlement settlement) : JobOperation
{
    /// <summary>The run.</summary>
    public JobLease Lease { get; } = lease;

    /// <summary>How it ended.</summary>
    public Settlement Settlement { get; } = settlement ?? throw new ArgumentNullException(nameof(settlement));

    /// <inheritdoc/>
    public override JobId Job => Lease.Job;
}
