using System.Collections.Concurrent;
using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>The server is killed and started again while workers run jobs: each job ends once, and so does what it
/// writes.</summary>
public sealed class JobRestartTests
{
    private const int Count = 400;
    private const int Workers = 4;
    private const int Kills = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_killed_under_load_loses_no_job_and_runs_none_twice()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        var jobs = JobStore.For(store);
        var all = new List<JobId>();
        for (var i = 0; i < Count; i += 100)
        {
            var result = await jobs.CommitAsync(
                new Commit([.. Enumerable.Range(0, 100).Select(static _ => new EnqueueOperation(
                    new NewJob { Kind = "work", AttemptsMax = 100, CrashesMax = 100 }))]),
                Cancel);
            all.AddRange(result.Jobs.Select(static one => one.Job));
        }

        var done = new ConcurrentDictionary<JobId, byte>();
        var working = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(jobs, done), Cancel)).ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            while (done.Count < kill * Count / (Kills + 2))
            {
                if (Array.Find(working, static one => one.IsFaulted) is { } failed)
                {
                    await failed;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            }

            await server.KillAsync(Cancel);
            await server.StartAgainAsync(Cancel);
        }

        await Task.WhenAll(working);
        Assert.Equal(Count, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Succeeded]);
        var ledger = new List<string>();
        ScanPosition? after = null;
        do
        {
            var page = await store.ScanAsync(
                new ScanRequest { Collection = "ledger", After = after, Limit = 100 }, Cancel);
            ledger.AddRange(page.Items.Select(static item => item.Record.Key.Id));
            Assert.All(page.Items, static item => Assert.Equal(
                1, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(item.Record.Value.Span)));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(all.Select(static id => id.ToString()).Order(StringComparer.Ordinal), ledger);
    }

    // A session that a crash of the server has taken back is opened anew; what it held comes back.
    private static async Task WorkAsync(JobStore jobs, ConcurrentDictionary<JobId, byte> done)
    {
        var session = SessionId.None;
        while (done.Count < Count)
        {
            if (session == SessionId.None)
            {
                session = SessionId.New();
                _ = await jobs.HeartbeatAsync(
                    session,
                    new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromSeconds(3) },
                    Cancel);
            }

            ClaimResult claim;
            try
            {
                claim = await jobs.ClaimAsync(
                    session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = 5 }, Cancel);
            }
            catch (StoreException error) when (error.IsTransient)
            {
                // The answer was lost, and what it brought with it: it comes back with the end of the session.
                session = SessionId.None;
                continue;
            }

            foreach (var job in claim.Jobs)
            {
                var result = await jobs.CommitAsync(
                    new Commit(
                        new AddOperation(new RecordKey("ledger", job.Id.ToString()), 1),
                        new SettleOperation(job.Lease, Settlement.Succeeded)),
                    Cancel);
                if (result.IsCommitted)
                {
                    _ = done.TryAdd(job.Id, 0);
                }
            }

            var status = await jobs.HeartbeatAsync(
                session, new SessionUpdate { Lease = TimeSpan.FromSeconds(3) }, Cancel);
            if (!claim.IsSessionAlive || !status.IsAlive)
            {
                session = SessionId.None;
            }

            if (claim.Jobs.Count == 0)
            {
                _ = await jobs.MaintainJobsAsync(new JobMaintenance(), Cancel);
            }
        }
    }
}
