using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

/// <summary>What an application does to jobs and queues, on a store that keeps jobs and on one that keeps records.
/// </summary>
public sealed class JobControlTests
{
    private static readonly JobDefinition<string> Greet = new("greet", Metadata(), "greetings");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_waits_is_cancelled_requeued_and_deleted(bool isNative)
    {
        await using var storage = Open(isNative);
        var id = await storage.Queue(Greet).EnqueueAsync(
            "hello", new JobOptions { Delay = TimeSpan.FromDays(1) }, Cancel);

        Assert.Equal(JobEffect.Changed, await storage.Jobs.RunNowAsync(id, Cancel));
        Assert.Equal(JobState.Ready, await StateAsync(storage, id));
        Assert.Equal(JobEffect.None, await storage.Jobs.RequeueAsync(id, Cancel));
        Assert.Equal(JobEffect.None, await storage.Jobs.DeleteAsync(id, Cancel));

        Assert.Equal(JobEffect.Changed, await storage.Jobs.CancelAsync(id, Cancel));
        Assert.Equal(JobState.Cancelled, await StateAsync(storage, id));
        Assert.Equal(JobEffect.None, await storage.Jobs.CancelAsync(id, Cancel));

        Assert.Equal(JobEffect.Changed, await storage.Jobs.RequeueAsync(id, Cancel));
        Assert.Equal(JobState.Ready, await StateAsync(storage, id));

        _ = await storage.Jobs.CancelAsync(id, Cancel);
        Assert.Equal(JobEffect.Changed, await storage.Jobs.DeleteAsync(id, Cancel));
        Assert.Null(await storage.Jobs.FindJobAsync(id, Cancel));
        Assert.Equal(JobEffect.None, await storage.Jobs.CancelAsync(JobId.New(), Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_job_that_runs_the_worker_is_asked(bool isNative)
    {
        await using var storage = Open(isNative);
        var id = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);
        var session = SessionId.New();
        Assert.Equal(id, Assert.Single((await ClaimAsync(storage, session)).Jobs).Lease.Job);

        Assert.Equal(JobEffect.Requested, await storage.Jobs.CancelAsync(id, Cancel));

        Assert.Equal(JobState.Running, await StateAsync(storage, id));
        var heard = await storage.Jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Renew }, Cancel);
        Assert.Equal([id], heard.CancelRequests.Select(static lease => lease.Job));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_paused_queue_hands_out_nothing_until_it_is_resumed(bool isNative)
    {
        await using var storage = Open(isNative);
        var id = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);

        Assert.Equal(JobEffect.Changed, await storage.Jobs.PauseQueueAsync("greetings", Cancel));
        Assert.Equal(JobEffect.None, await storage.Jobs.PauseQueueAsync("greetings", Cancel));
        Assert.Empty((await ClaimAsync(storage, SessionId.New())).Jobs);

        Assert.Equal(JobEffect.Changed, await storage.Jobs.ResumeQueueAsync("greetings", Cancel));
        Assert.Equal(JobEffect.None, await storage.Jobs.ResumeQueueAsync("greetings", Cancel));
        Assert.Equal(id, Assert.Single((await ClaimAsync(storage, SessionId.New())).Jobs).Lease.Job);
        await Assert.ThrowsAsync<ArgumentException>(async () => await storage.Jobs.PauseQueueAsync("", Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_transaction_it_is_done_with_the_commit_or_not_at_all(bool isNative)
    {
        await using var storage = Open(isNative);
        var id = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);

        await Assert.ThrowsAsync<TimeoutException>(async () => await storage.TransactionAsync(
            tx =>
            {
                tx.Add(JobControlOperation.Cancel(id));
                throw new TimeoutException();
            },
            cancellationToken: Cancel));
        Assert.Equal(JobState.Ready, await StateAsync(storage, id));

        await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).UpsertAsync("a", new Book("A", "x", 1), cancellationToken: Cancel);
                tx.Add(JobControlOperation.Cancel(id));
                tx.Add(JobControlOperation.Pause("greetings"));
                Assert.Equal(JobState.Ready, await StateAsync(storage, id));
            },
            cancellationToken: Cancel);

        Assert.Equal(JobState.Cancelled, await StateAsync(storage, id));
        Assert.True(Assert.Single(await storage.Jobs.ListQueuesAsync(Cancel)).IsPaused);
    }

    [Fact]
    public async Task The_origin_of_the_storage_counts_and_its_events_tell_of_it()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore(), new StorageOptions { Origin = "me" });
        var id = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);
        var told = new List<(string?, StoreOperation)>();
        using var heard = storage.Events.OnCommitted(
            committed => told.Add((committed.Commit.Origin, Assert.Single(committed.Commit.Operations))));

        _ = await storage.Jobs.CancelAsync(id, Cancel);

        var (origin, operation) = Assert.Single(told);
        Assert.Equal(("me", id), (origin, ((JobControlOperation)operation).Job));
    }

    [Fact]
    public async Task The_jobs_of_a_bare_store_can_be_cancelled_too()
    {
        await using var store = new MemoryStore();
        await using var storage = Sample.Open(store: store);
        var id = await storage.Queue(Greet).EnqueueAsync("hello", cancellationToken: Cancel);

        Assert.Equal(JobEffect.Changed, await JobStore.For(store).CancelAsync(id, Cancel));
    }

    private static Undercroft.Storage Open(bool isNative) =>
        Sample.Open(store: isNative ? new MemoryStore() : new Records(new MemoryStore()));

    private static async Task<JobState> StateAsync(Undercroft.Storage storage, JobId id) =>
        (await storage.Jobs.FindJobAsync(id, Cancel))!.State;

    private static async Task<ClaimResult> ClaimAsync(Undercroft.Storage storage, SessionId session)
    {
        _ = await storage.Jobs.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel);
        return await storage.Jobs.ClaimAsync(
            session, new ClaimRequest { Queues = ["greetings"], Kinds = ["greet"] }, Cancel);
    }

    private static JsonTypeInfo<string> Metadata() =>
        (JsonTypeInfo<string>)new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }
            .GetTypeInfo(typeof(string));

    /// <summary>A store that keeps no jobs itself.</summary>
    private sealed class Records(IStore inner) : Layers.DelegatingStore(inner)
    {
        public override StoreInfo Info { get; } =
            inner.Info with { Capabilities = inner.Info.Capabilities & ~StoreCapabilities.Jobs };
    }
}
