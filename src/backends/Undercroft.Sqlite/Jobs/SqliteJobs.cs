using Undercroft.Jobs;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite.Jobs;

/// <summary>The jobs of a store: what writes goes to its writer, what reads to its readers.</summary>
/// <param name="store">Does both.</param>
/// <param name="followers">Looks for what other processes write.</param>
/// <param name="signal">Tells of work.</param>
internal sealed class SqliteJobs(IJobAccess store, SqliteFollowers followers, WorkSignal signal) : IJobStore
{
    public long WorkMark => signal.Mark;

    public ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        return WriteAsync(request.Now, judge => judge.Claim(session, request), cancellationToken);
    }

    public ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);
        return WriteAsync(update.Now, judge => judge.Heartbeat(session, update), cancellationToken);
    }

    public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        return WriteAsync(request.Now, judge => judge.Maintain(request), cancellationToken);
    }

    public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default) =>
        store.ReadAsync(reader => reader.Find(job), cancellationToken);

    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(filter);
        var after = JobViews.ReadCursor(filter);
        return store.ReadAsync(reader => reader.List(filter, after), cancellationToken);
    }

    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        store.ReadAsync(static reader => reader.Queues(), cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        store.ReadAsync(static reader => reader.Sessions(), cancellationToken);

    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(batch);
        return store.ReadAsync(reader => reader.Batch(batch), cancellationToken);
    }

    public async ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default)
    {
        // While somebody waits, the followers look for what other processes write.
        using var wait = followers.Begin();
        await signal.WaitAsync(mark, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<TResult> WriteAsync<TResult>(
        DateTimeOffset? now, Func<JobJudge, TResult> run, CancellationToken cancellationToken) =>
        store.WriteAsync(new JobCall<TResult>(now, run), cancellationToken);
}
