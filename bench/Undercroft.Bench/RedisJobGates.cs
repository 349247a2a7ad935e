using Undercroft.Bench.Floors;
using Undercroft.Jobs;
using Undercroft.Redis;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Bench;

/// <summary>The jobs of the Redis store against scripts written by hand.</summary>
internal static class RedisJobGates
{
    private const int Batch = 100;
    private const int Count = 5_000;
    private const int Workers = 4;

    // Enough for all turns: they are enqueued before the clock runs.
    private const int Turns = 32;
    private static readonly byte[] Payload = new byte[200];

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "jobs-redis",
            "jobs in Redis claimed and settled by 100, 4 workers / bare scripts with the same columns, 4 callers",
            0.6,
            IsSpeedUp: true,
            static _ => PrepareAsync(Workers)),
        new Gate(
            "jobs-redis-one",
            "jobs in Redis claimed and settled by 100, 1 worker / bare scripts with the same columns, 1 caller",
            0.6,
            IsSpeedUp: true,
            static _ => PrepareAsync(workers: 1)),
    ];

    private static async ValueTask<Contest> PrepareAsync(int workers)
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var store = await RedisStore.OpenAsync(new RedisStoreOptions
        {
            Hosts = FormattableString.Invariant($"{server.Host}:{server.Port}"),
        });
        var floor = new RedisJobFloor(await RedisClient.OpenAsync(RedisUri.Parse(StoreUri.Parse(server.Address))));
        await floor.LoadAsync();
        var jobs = JobStore.For(store);
        for (var i = 0; i < Turns * Count; i += Batch)
        {
            await floor.EnqueueAsync(Batch, Payload);
            await EnqueueAsync(jobs);
        }

        var sessions = new SessionId[workers];
        for (var i = 0; i < workers; i++)
        {
            sessions[i] = SessionId.New();
            _ = await jobs.HeartbeatAsync(
                sessions[i], new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) });
        }

        return new Contest(
            async () => await Task.WhenAll(sessions.Select(session => DrainAsync(jobs, session, Count / workers))),
            async () => await Task.WhenAll(sessions.Select(_ => DrainAsync(floor, Count / workers))),
            Count,
            Count,
            async () =>
            {
                await floor.DisposeAsync();
                await store.DisposeAsync();
                await server.DisposeAsync();
            });
    }

    private static async Task EnqueueAsync(JobStore jobs)
    {
        var batch = new StoreOperation[Batch];
        for (var i = 0; i < Batch; i++)
        {
            batch[i] = new EnqueueOperation(new NewJob { Kind = "work", Payload = Payload });
        }

        Must((await jobs.CommitAsync(new Commit(batch))).IsCommitted);
    }

    private static async Task DrainAsync(JobStore jobs, SessionId session, int count)
    {
        for (var done = 0; done < count;)
        {
            var claimed = (await jobs.ClaimAsync(
                session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = Batch })).Jobs;
            Must(claimed.Count > 0);
            var batch = new StoreOperation[claimed.Count];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = new SettleOperation(claimed[i].Lease, Settlement.Succeeded);
            }

            Must((await jobs.CommitAsync(new Commit(batch))).IsCommitted);
            done += claimed.Count;
        }
    }

    private static async Task DrainAsync(RedisJobFloor floor, int count)
    {
        for (var done = 0; done < count;)
        {
            var turn = await floor.TurnAsync(Batch);
            Must(turn > 0);
            done += turn;
        }
    }

    private static void Must(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A job was refused, or there was none.");
        }
    }
}
