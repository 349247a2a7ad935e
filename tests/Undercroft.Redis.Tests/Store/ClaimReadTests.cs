using System.Globalization;
using Undercroft.Jobs;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Jobs;
using Undercroft.Redis.Records;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Redis.Tests;

/// <summary>A claim over many lists reads the rows of the jobs it takes, not those of every list.</summary>
public sealed class ClaimReadTests(SharedRedis shared)
{
    private const int Jobs = 200;
    private const int Max = 10;

    private static readonly string[] Queues = ["one", "two", "three"];
    private static readonly string[] Kinds = ["a", "b", "c", "d"];
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_reads_no_more_rows_than_it_may_take()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        await EnqueueAsync(store, Made(new Random(1), areLimited: false));
        await using var client = await name.ConnectAsync();
        var caller = new FunctionCaller(client, new FunctionLibrary(), new StoreKeys(name.Name));
        var cache = new JobCache(new JobReads(caller, store.Info.Epoch, "here"), Now);

        cache.WantBest(new ClaimRequest { Queues = Queues, Kinds = Kinds, Max = Max });
        await cache.LoadAsync(Cancel);

        Assert.Equal(Max, cache.RowCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Claims_take_what_those_of_the_store_in_memory_take(bool areLimited)
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var jobs = Made(random, areLimited);
        await using var name = new StoreName(await shared.ServerAsync());
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        await using var memory = new MemoryStore();
        await EnqueueAsync(store, jobs);
        await EnqueueAsync(memory, jobs);
        var session = SessionId.New();
        await BeginAsync(store, session);
        await BeginAsync(memory, session);

        var taken = 0;
        for (var turn = 0; turn < 2 * Jobs / Max; turn++)
        {
            if (turn is 5 or 15)
            {
                var control = turn == 5 ? JobControlOperation.Pause(Queues[1]) : JobControlOperation.Resume(Queues[1]);
                await DoAsync(memory, control);
                await DoAsync(store, control);
            }

            // Some turns find that jobs have come due meanwhile.
            var request = new ClaimRequest
            {
                Queues = [Queues[0], .. Queues.Skip(1).Where(_ => random.Next(3) > 0)],
                Kinds = Kinds,
                Max = 1 + random.Next(2 * Max),
                Now = Now.AddMinutes(turn),
            };
            var expected = await JobStore.For(memory).ClaimAsync(session, request, Cancel);
            var found = await JobStore.For(store).ClaimAsync(session, request, Cancel);

            Assert.True(
                expected.Jobs.Select(static job => job.Id).SequenceEqual(found.Jobs.Select(static job => job.Id)),
                string.Create(CultureInfo.InvariantCulture, $"Turn {turn} differs. {seed}"));
            taken += found.Jobs.Count;
        }

        Assert.True(taken > Jobs / 2, $"Only {taken} were taken.");
    }

    private static NewJob[] Made(Random random, bool areLimited) =>
    [
        .. Enumerable.Range(0, Jobs).Select(i => new NewJob
        {
            Queue = Queues[random.Next(Queues.Length)],
            Kind = Kinds[random.Next(Kinds.Length)],
            Priority = random.Next(-2, 3),
            Delay = TimeSpan.FromMinutes(areLimited && i % 4 == 0 ? random.Next(40) : 0),
            RateLimit = areLimited && i % 3 == 0 ? new RateLimit("rate", 2, TimeSpan.FromMinutes(10)) : null,
        }),
    ];

    private static Task EnqueueAsync(IStore store, NewJob[] jobs) =>
        DoAsync(store, [.. jobs.Select(static job => new EnqueueOperation(job))]);

    private static async Task DoAsync(IStore store, params StoreOperation[] operations) => Assert.Empty(
        (await JobStore.For(store).CommitAsync(new Commit(operations) { Now = Now }, Cancel)).Conflicts);

    private static async Task BeginAsync(IStore store, SessionId session) =>
        _ = await JobStore.For(store).HeartbeatAsync(
            session,
            new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(24), Now = Now },
            Cancel);
}
