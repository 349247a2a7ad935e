using Undercroft.Bench.Floors;
using Undercroft.Jobs;
using Undercroft.Postgres;
using Undercroft.Servers;

namespace Undercroft.Bench;

/// <summary>Jobs in PostgreSQL against raw loops, and against Quartz with its store there, on a server that syncs to
/// its disk.</summary>
internal static class PostgresJobGates
{
    private const int Count = 2_000;
    private const int Few = 200;
    private const int Batch = 100;
    private const int Workers = 8;
    private const int Words = 20;
    private static readonly byte[] Payload = new byte[200];

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "jobs-postgres",
            "jobs in PostgreSQL claimed and settled by 100, history kept / raw statements on the same columns",
            0.5,
            IsSpeedUp: true,
            PrepareDrainAsync),
        new Gate(
            "jobs-postgres-quartz",
            "jobs in PostgreSQL enqueued, claimed and settled by 100 / Quartz with its store there, 8 threads",
            30,
            IsSpeedUp: true,
            PrepareQuartzAsync),
        new Gate(
            "jobs-postgres-once",
            "one document and the settlement in one commit for each job, 8 workers / raw transactions likewise",
            0.7,
            IsSpeedUp: true,
            PrepareOnceAsync),
        new Gate(
            "jobs-postgres-start",
            "a job enqueued until another idle store has claimed it / a raw insert and its NOTIFY, until it is heard",
            5,
            IsSpeedUp: false,
            PrepareStartAsync),
    ];

    private static async ValueTask<Contest> PrepareDrainAsync(GateContext context)
    {
        var bench = await JobBench.StartAsync();
        var floor = await PostgresJobFloor.CreateAsync(bench.Connection);
        return new Contest(
            async () =>
            {
                await EnqueueAsync(bench.Jobs, Count);
                await DrainAsync(bench.Jobs, bench.Session);
            },
            async () =>
            {
                for (var i = 0; i < Count; i += Batch)
                {
                    await floor.EnqueueAsync(Batch, Payload);
                }

                while (await floor.ClaimAsync(Batch) > 0)
                {
                    await floor.AcknowledgeAllAsync();
                }
            },
            Count,
            Count,
            async () =>
            {
                await floor.DisposeAsync();
                await bench.DisposeAsync();
            });
    }

    private static async ValueTask<Contest> PrepareQuartzAsync(GateContext context)
    {
        var bench = await JobBench.StartAsync();
        var quartz = await QuartzFloor.StartAsync(Workers, await bench.AnotherDatabaseAsync());
        return new Contest(
            async () =>
            {
                await EnqueueAsync(bench.Jobs, Count);
                await DrainAsync(bench.Jobs, bench.Session);
            },
            async () => await quartz.RunAsync(Few),
            Count,
            Few,
            async () =>
            {
                await quartz.StopAsync();
                await bench.DisposeAsync();
            });
    }

    private static async ValueTask<Contest> PrepareOnceAsync(GateContext context)
    {
        var bench = await JobBench.StartAsync();
        var floor = await PostgresJobFloor.CreateAsync(bench.Connection);
        var written = 0L;
        return new Contest(
            async () =>
            {
                await EnqueueAsync(bench.Jobs, Few);
                while (await ClaimAsync(bench.Jobs, bench.Session) is { Count: > 0 } claimed)
                {
                    await Task.WhenAll(claimed.Chunk(claimed.Count / Workers).Select(part => Task.Run(async () =>
                    {
                        foreach (var job in part)
                        {
                            var key = new RecordKey("written", $"{Interlocked.Increment(ref written)}");
                            Must(await bench.Jobs.CommitAsync(new Commit(
                                new PutOperation(key, Payload),
                                new SettleOperation(job.Lease, Settlement.Succeeded))));
                        }
                    })));
                }
            },
            async () =>
            {
                await floor.EnqueueAsync(Few, Payload);
                while (await floor.ClaimAsync(Batch) > 0)
                {
                    await floor.AcknowledgeEachAsync(Payload, Workers);
                }
            },
            Few,
            Few,
            async () =>
            {
                await floor.DisposeAsync();
                await bench.DisposeAsync();
            });
    }

    private static async ValueTask<Contest> PrepareStartAsync(GateContext context)
    {
        var bench = await JobBench.StartAsync();
        var floor = await PostgresJobFloor.CreateAsync(bench.Connection);
        var listener = await floor.ListenAsync();
        var worker = JobStore.For(await bench.AnotherStoreAsync());
        var session = await OpenAsync(worker);
        return new Contest(
            async () =>
            {
                for (var i = 0; i < Words; i++)
                {
                    var mark = worker.WorkMark;
                    var waiting = StartAsync(mark);
                    await EnqueueAsync(bench.Jobs, 1);

                    // It has begun, and that is all: to settle it, too, is no part of what is claimed here, and nothing
                    // that the floor does.
                    _ = await waiting;
                }
            },
            async () =>
            {
                for (var i = 0; i < Words; i++)
                {
                    await floor.TellAsync(listener);
                }
            },
            Words,
            Words,
            async () =>
            {
                await listener.DisposeAsync();
                await floor.DisposeAsync();
                await bench.DisposeAsync();
            });

        async Task<LeasedJob> StartAsync(long mark)
        {
            while (true)
            {
                await worker.WaitForWorkAsync(mark);
                mark = worker.WorkMark;
                if (await ClaimAsync(worker, session) is [var job, ..])
                {
                    return job;
                }
            }
        }
    }

    private static async Task<SessionId> OpenAsync(JobStore jobs)
    {
        var session = SessionId.New();
        _ = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) });
        return session;
    }

    private static async Task EnqueueAsync(JobStore jobs, int count)
    {
        for (var i = 0; i < count; i += Batch)
        {
            Must(await jobs.CommitAsync(new Commit(
            [
                .. Enumerable.Range(0, Math.Min(Batch, count)).Select(static _ =>
                    new EnqueueOperation(new NewJob { Kind = "work", Payload = Payload })),
            ])));
        }
    }

    private static async Task DrainAsync(JobStore jobs, SessionId session)
    {
        while (await ClaimAsync(jobs, session) is { Count: > 0 } claimed)
        {
            Must(await jobs.CommitAsync(new Commit(
                [.. claimed.Select(static job => new SettleOperation(job.Lease, Settlement.Succeeded))])));
        }
    }

    private static async Task<IReadOnlyList<LeasedJob>> ClaimAsync(JobStore jobs, SessionId session) =>
        (await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = Batch })).Jobs;

    private static void Must(CommitResult result)
    {
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"The commit was refused: {string.Join("; ", result.Conflicts)}");
        }
    }

    /// <summary>A server and a store with a session.</summary>
    private sealed class JobBench(PostgresServer server, string database) : IAsyncDisposable
    {
        private readonly List<PostgresStore> stores = [];

        public string Connection => server.ConnectionString(database);

        public JobStore Jobs { get; private set; } = null!;

        public SessionId Session { get; private set; }

        public static async Task<JobBench> StartAsync()
        {
            var server = Environment.GetEnvironmentVariable(SharedPostgres.Variable) is { Length: > 0 } address
                ? PostgresServer.Existing(address)
                : await PostgresServer.StartAsync(new PostgresServerOptions { SyncsToDisk = true });
            var bench = new JobBench(server, await server.CreateDatabaseAsync());
            bench.Jobs = JobStore.For(await bench.AnotherStoreAsync());
            bench.Session = await OpenAsync(bench.Jobs);
            return bench;
        }

        public async Task<PostgresStore> AnotherStoreAsync()
        {
            var store = await PostgresStore.OpenAsync(new PostgresStoreOptions
            {
                ConnectionString = Connection,
                Views = false,
            });
            stores.Add(store);
            return store;
        }

        public async Task<string> AnotherDatabaseAsync() =>
            server.ConnectionString(await server.CreateDatabaseAsync());

        public async ValueTask DisposeAsync()
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }

            await server.DisposeAsync();
        }
    }
}
