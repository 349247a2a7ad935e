using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

public sealed class QueueTests
{
    private static readonly JobDefinition<string> Greet = new("greet", Metadata(), "greetings");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_transaction_enqueues_is_there_with_its_commit_and_not_before()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        var id = JobId.None;
        _ = await storage.TransactionAsync(
            async tx =>
            {
                id = await tx.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);
                Assert.Null(await storage.Jobs.FindJobAsync(id, Cancel));
            },
            cancellationToken: Cancel);

        var found = await storage.Jobs.FindJobAsync(id, Cancel);
        Assert.Equal(("greetings", "greet"), (found!.Queue, found.Kind));
        Assert.Equal("\"hello\""u8.ToArray(), found.Payload.ToArray());
    }

    [Fact]
    public async Task A_transaction_that_throws_enqueues_nothing()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        _ = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                _ = await tx.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);
                throw new InvalidTimeZoneException();
            },
            cancellationToken: Cancel));
        Assert.Empty(await storage.Jobs.ListQueuesAsync(Cancel));
    }

    [Fact]
    public async Task A_stale_run_in_a_transaction_rolls_everything_back()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        _ = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);
        var lease = await ClaimAsync(storage);
        _ = await storage.TransactionAsync(
            async tx =>
            {
                _ = await tx.Counter("greeted").AddAsync(1, Cancel);
                tx.Add(new SettleOperation(lease, Settlement.Succeeded));
            },
            cancellationToken: Cancel);

        var error = await Assert.ThrowsAsync<StaleLeaseException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                _ = await tx.Counter("greeted").AddAsync(1, Cancel);
                tx.Add(new SettleOperation(lease, Settlement.Succeeded));
            },
            cancellationToken: Cancel));

        Assert.Equal(lease.Job, error.Job);
        Assert.Equal(1, await storage.Counter("greeted").GetAsync(Cancel));
    }

    [Fact]
    public async Task A_duplicate_returns_the_id_there_is_or_is_rejected()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        var queue = storage.Queue("greet", Metadata());
        var once = new JobOptions { UniqueKey = "once" };
        var first = await queue.EnqueueAsync("hello", once, Cancel);
        Assert.Equal(first, await queue.EnqueueAsync("hello again", once, Cancel));
        _ = await Assert.ThrowsAsync<DuplicateJobException>(async () =>
            await queue.EnqueueAsync("no", once with { Duplicates = DuplicatePolicy.Reject }, Cancel));
        Assert.Equal(3, (await queue.EnqueueManyAsync(["a", "b", "c"], cancellationToken: Cancel)).Count);
    }

    [Fact]
    public async Task A_store_without_jobs_of_its_own_says_where_to_commit_them()
    {
        await using var store = new PlainStore(new MemoryStore());
        var error = await Assert.ThrowsAsync<CapabilityException>(async () => await store.CommitAsync(
            new Commit(new EnqueueOperation(new NewJob { Kind = "greet" })), Cancel));
        Assert.Contains("JobStore.For(store)", error.Message, StringComparison.Ordinal);
        Assert.False(JobStore.For(store).IsNative);
    }

    private static async Task<JobLease> ClaimAsync(Undercroft.Storage storage)
    {
        var session = SessionId.New();
        _ = await storage.Jobs.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel);
        var claim = await storage.Jobs.ClaimAsync(
            session, new ClaimRequest { Queues = ["greetings"], Kinds = ["greet"] }, Cancel);
        return Assert.Single(claim.Jobs).Lease;
    }

    private static JsonTypeInfo<string> Metadata() =>
        (JsonTypeInfo<string>)new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }
            .GetTypeInfo(typeof(string));

    private sealed class PlainStore(IStore inner) : Layers.DelegatingStore(inner)
    {
        public override StoreInfo Info { get; } = inner.Info with { Capabilities = StoreCapabilities.None };

        public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
        {
            _ = Undercroft.Backends.CommitGuard.Check(commit, Info);
            return base.CommitAsync(commit, cancellationToken);
        }
    }
}
