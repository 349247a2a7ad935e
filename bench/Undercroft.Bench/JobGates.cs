using Undercroft.Bench.Floors;
using Undercroft.Jobs;
using Undercroft.Sqlite;

namespace Undercroft.Bench;

/// <summary>Jobs against raw loops, and against Quartz in memory.</summary>
internal static class JobGates
{
    private const int Count = 5_000;
    private const int Few = 500;
    private const int Batch = 100;
    private const int Waiting = 1_000_000;
    private static readonly byte[] Payload = new byte[200];

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "jobs-memory",
            "jobs in memory enqueued, claimed and settled by 100 / Quartz with its store in memory, 8 threads",
            3,
            IsSpeedUp: true,
            PrepareMemoryAsync)
        {
            // Without a payload: one is copied, so its bytes come on top.
            BytesMax = 300,
        },
        new Gate(
            "jobs-waiting",
            "claim and settlement of 100 with 1,000,000 waiting / the same with 1,000 waiting",
            0.3,
            IsSpeedUp: true,
            PrepareWaitingAsync),
        new Gate(
            "jobs-sqlite",
            "jobs in SQLite enqueued, claimed and settled by 100, at Os / raw statements, synchronous = NORMAL",
            0.5,
            IsSpeedUp: true,
            PrepareSqliteAsync),
        new Gate(
            "jobs-sqlite-once",
            "one document and the settlement in one commit for each job, at Os / the same raw, document and job",
            0.7,
            IsSpeedUp: true,
            PrepareOnceAsync),
    ];

    private static async ValueTask<Contest> PrepareMemoryAsync(GateContext context)
    {
        var store = new MemoryStore();
        var jobs = JobStore.For(store);
        var session = await OpenAsync(jobs);
        var quartz = await QuartzFloor.StartAsync(threads: 8);
        return new Contest(
            async () =>
            {
                await EnqueueAsync(jobs, Count, default);
                await DrainAsync(jobs, session, Count);
                await ForgetAsync(jobs);
            },
            async () => await quartz.RunAsync(Count),
            Count,
            Count,
            async () =>
            {
                await quartz.StopAsync();
                await store.DisposeAsync();
            });
    }

    private static async ValueTask<Contest> PrepareWaitingAsync(GateContext context)
    {
        var (full, empty) = (new MemoryStore(), new MemoryStore());
        var (many, few) = (JobStore.For(full), JobStore.For(empty));
        await EnqueueAsync(many, Waiting, default);
        await EnqueueAsync(few, 1_000, default);
        var (ofMany, ofFew) = (await OpenAsync(many), await OpenAsync(few));
        return new Contest(
            () => TurnAsync(many, ofMany),
            () => TurnAsync(few, ofFew),
            Count,
            Count,
            async () =>
            {
                await full.DisposeAsync();
                await empty.DisposeAsync();
            });

        static async ValueTask TurnAsync(JobStore jobs, SessionId session)
        {
            await DrainAsync(jobs, session, Count, refill: true);
            await ForgetAsync(jobs);
        }
    }

    private static async ValueTask<Contest> PrepareSqliteAsync(GateContext context)
    {
        var (store, jobs, session) = await OpenSqliteAsync(context);
        var floor = new SqliteJobFloor(context.PathOf("floor.db"), "NORMAL");
        return new Contest(
            async () =>
            {
                await EnqueueAsync(jobs, Count, Payload);
                await DrainAsync(jobs, session, Count);
            },
            () =>
            {
                for (var i = 0; i < Count; i += Batch)
                {
                    floor.Enqueue(Batch, Payload);
                }

                while (floor.Claim(Batch) > 0)
                {
                    floor.AcknowledgeAll();
                }

                return default;
            },
            Count,
            Count,
            async () =>
            {
                floor.Dispose();
                await store.DisposeAsync();
            });
    }

    private static async ValueTask<Contest> PrepareOnceAsync(GateContext context)
    {
        var (store, jobs, session) = await OpenSqliteAsync(context);
        var floor = new SqliteJobFloor(context.PathOf("floor.db"), "NORMAL");
        var written = 0L;
        return new Contest(
            async () =>
            {
                await EnqueueAsync(jobs, Few, Payload);
                while (await ClaimAsync(jobs, session) is { Count: > 0 } claimed)
                {
                    foreach (var job in claimed)
                    {
                        Must(await jobs.CommitAsync(new Commit(
                            new PutOperation(new RecordKey("written", $"{written++}"), Payload),
                            new SettleOperation(job.Lease, Settlement.Succeeded))));
                    }
                }
            },
            () =>
            {
                floor.Enqueue(Few, Payload);
                while (floor.Claim(Batch) > 0)
                {
                    floor.AcknowledgeEach(Payload);
                }

                return default;
            },
            Few,
            Few,
            async () =>
            {
                floor.Dispose();
                await store.DisposeAsync();
            });
    }

    private static async Task<(SqliteStore Store, JobStore Jobs, SessionId Session)> OpenSqliteAsync(
        GateContext context)
    {
        var store = await SqliteStore.OpenAsync(new SqliteStoreOptions
        {
            DatabasePath = context.PathOf("jobs.db"),
            DefaultDurability = Durability.Os,
        });
        var jobs = JobStore.For(store);
        return (store, jobs, await OpenAsync(jobs));
    }

    private static async Task<SessionId> OpenAsync(JobStore jobs)
    {
        var session = SessionId.New();
        _ = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) });
        return session;
    }

    private static async Task EnqueueAsync(JobStore jobs, int count, ReadOnlyMemory<byte> payload)
    {
        for (var i = 0; i < count; i += Batch)
        {
            var batch = new StoreOperation[Batch];
            for (var j = 0; j < Batch; j++)
            {
                batch[j] = new EnqueueOperation(new NewJob { Kind = "work", Payload = payload });
            }

            Must(await jobs.CommitAsync(new Commit(batch)));
        }
    }

    private static async Task DrainAsync(JobStore jobs, SessionId session, int count, bool refill = false)
    {
        for (var done = 0; done < count; done += Batch)
        {
            var claimed = await ClaimAsync(jobs, session);
            var batch = new StoreOperation[claimed.Count];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = new SettleOperation(claimed[i].Lease, Settlement.Succeeded);
            }

            Must(await jobs.CommitAsync(new Commit(batch)));
            if (refill)
            {
                await EnqueueAsync(jobs, Batch, default);
            }
        }
    }

    private static async Task<IReadOnlyList<LeasedJob>> ClaimAsync(JobStore jobs, SessionId session) =>
        (await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = Batch })).Jobs;

    // Of the jobs that have ended nothing is kept, so that memory does not fill up over many turns.
    private static async Task ForgetAsync(JobStore jobs) => _ = await jobs.MaintainJobsAsync(
        new JobMaintenance { Max = 10_000, KeepSucceeded = TimeSpan.Zero });

    private static void Must(CommitResult result)
    {
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"The commit was refused: {string.Join("; ", result.Conflicts)}");
        }
    }
}
