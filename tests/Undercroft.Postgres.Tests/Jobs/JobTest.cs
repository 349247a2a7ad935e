using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>What tests of jobs share.</summary>
public abstract class JobTest(SharedPostgres shared) : StoreTest(shared)
{
    protected const string Kind = "work";

    protected static async Task<SessionId> OpenSessionAsync(JobStore jobs, TimeSpan? lease = null)
    {
        var session = SessionId.New();
        var status = await jobs.HeartbeatAsync(
            session,
            new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = lease ?? TimeSpan.FromHours(1) },
            Cancel);
        Assert.True(status.IsAlive);
        return session;
    }

    protected static async Task<IReadOnlyList<JobId>> EnqueueAsync(JobStore jobs, int count = 1, int priority = 0)
    {
        var result = await jobs.CommitAsync(
            new Commit(
            [
                .. Enumerable.Range(0, count).Select(_ => new EnqueueOperation(new NewJob
                {
                    Kind = Kind,
                    Payload = new byte[200],
                    Priority = priority,
                })),
            ]),
            Cancel);
        Assert.True(result.IsCommitted);
        return [.. result.Jobs.Select(static one => one.Job)];
    }

    protected static async Task<IReadOnlyList<LeasedJob>> ClaimAsync(JobStore jobs, SessionId session, int max = 100) =>
        (await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = max }, Cancel)).Jobs;

    protected static async Task SettleAsync(JobStore jobs, IReadOnlyList<LeasedJob> claimed)
    {
        var result = await jobs.CommitAsync(
            new Commit([.. claimed.Select(static job => new SettleOperation(job.Lease, Settlement.Succeeded))]),
            Cancel);
        Assert.True(result.IsCommitted, string.Join("; ", result.Conflicts));
    }
}
