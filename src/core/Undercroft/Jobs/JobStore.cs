using Undercroft.Jobs.Records;

namespace Undercroft.Jobs;

/// <summary>The jobs of a store: commits that carry job operations, claims, heartbeats and all the rest, the same on
/// every store. Where the store keeps no jobs itself they are kept as its records.</summary>
/// <remarks>Safe for many threads. It owns nothing: dispose the store.</remarks>
public sealed class JobStore : IJobStore
{
    private readonly IStore store;
    private readonly IJobStore jobs;
    private readonly RecordJobs? records;

    private JobStore(IStore store, TimeProvider clock, bool asRecords)
    {
        this.store = store;
        if (!asRecords && store.Info.Capabilities.HasFlag(StoreCapabilities.Jobs) &&
            store.Feature<IJobStore>() is { } native)
        {
            jobs = native;
        }
        else
        {
            jobs = records = new RecordJobs(store, clock);
        }
    }

    /// <summary>Where what is done to jobs here is committed: with a storage's settings and before its events; null
    /// commits as the store does.</summary>
    internal DirectScope? Scope { get; init; }

    /// <summary>Whether the store keeps its jobs itself; otherwise they are records of the collections
    /// <c>$jobs</c>, <c>$job-cells</c>, <c>$job-counts</c> and <c>$job-commits</c>.</summary>
    public bool IsNative => records is null;

    /// <inheritdoc/>
    public long WorkMark => jobs.WorkMark;

    /// <summary>Gives the jobs of a store. Keep it: the processes' claims take turns in it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="clock">Where the time comes from for jobs kept as records; null means the system.</param>
    /// <param name="asRecords">Whether to keep jobs as records even where the store could keep them itself. All who use
    /// the store must say the same.</param>
    public static JobStore For(IStore store, TimeProvider? clock = null, bool asRecords = false)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new JobStore(store, clock ?? TimeProvider.System, asRecords);
    }

    /// <summary>Gives the jobs of a storage's store.</summary>
    internal static JobStore For(DirectScope scope) =>
        new(scope.Storage.Store, scope.Storage.Options.Clock, asRecords: false) { Scope = scope };

    /// <summary>Applies a commit with its job operations, whole, or nothing of it.</summary>
    /// <remarks>As <see cref="IStore.CommitAsync"/>, with its errors. A stale run is a conflict like any other.
    /// </remarks>
    /// <param name="commit">The operations and their conditions.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may still happen.</param>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return records is not null && JobGuard.HasJobs(commit)
            ? records.CommitAsync(commit, cancellationToken)
            : store.CommitAsync(commit, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default) =>
        jobs.ClaimAsync(session, request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default) =>
        jobs.HeartbeatAsync(session, update, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default) =>
        jobs.MaintainJobsAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default) =>
        jobs.FindJobAsync(job, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default) =>
        jobs.ListJobsAsync(filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        jobs.ListQueuesAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        jobs.ListSessionsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default) =>
        jobs.FindBatchAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default) =>
        jobs.WaitForWorkAsync(mark, cancellationToken);
}
