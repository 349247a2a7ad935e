using System.Collections.Concurrent;
using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>Jobs of one store that several processes have open, each of which believes what it has written itself.
/// </summary>
public sealed class RedisJobTests(SharedRedis shared)
{
    private const int Stores = 3;
    private const string Kind = "work";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_the_claims_of_several_processes_each_job_has_one_owner_and_no_key_is_beyond_its_limit()
    {
        const int Count = 150;
        await using var name = new StoreName(await shared.ServerAsync());
        await using var first = await OpenAsync(name);
        for (var i = 0; i < Count; i++)
        {
            await DoAsync(first.Jobs, new EnqueueOperation(new NewJob
            {
                Kind = Kind,
                ConcurrencyKey = i % 3 == 0 ? "key" : null,
                ConcurrencyLimit = 2,
            }));
        }

        var owners = new ConcurrentDictionary<JobId, JobLease>();
        var ofKey = 0;
        await Task.WhenAll(Enumerable.Range(0, Stores).Select(async _ =>
        {
            await using var store = await OpenAsync(name);
            var session = await BeginAsync(store.Jobs);
            while (owners.Count < Count)
            {
                var claim = await ClaimAsync(store.Jobs, session);
                foreach (var job in claim.Jobs)
                {
                    Assert.True(owners.TryAdd(job.Id, job.Lease), $"Job {job.Id} has two owners.");
                    var hasKey = (await store.Jobs.FindJobAsync(job.Id, Cancel))!.ConcurrencyKey is not null;
                    Assert.True(!hasKey || Interlocked.Increment(ref ofKey) <= 2, "A key is beyond its limit.");
                    await Task.Yield();
                    _ = hasKey ? Interlocked.Decrement(ref ofKey) : 0;
                    await DoAsync(
                        store.Jobs,
                        new AddOperation(new RecordKey("c", "settled"), 1),
                        new SettleOperation(job.Lease, Settlement.Succeeded));
                }
            }
        }));

        var queue = Assert.Single(await first.Jobs.ListQueuesAsync(Cancel));
        Assert.Equal(Count, queue.Counts[(int)JobState.Succeeded]);
        var settled = (await first.Store.ReadAsync(new RecordKey("c", "settled"), cancellationToken: Cancel))[0]!;
        Assert.Equal(Count, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(settled.Value.Span));
    }

    [Fact]
    public async Task What_a_process_believes_of_its_runs_gives_way_to_what_others_have_done()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var here = await OpenAsync(name);
        await using var there = await OpenAsync(name);
        var job = new NewJob { Kind = Kind };
        await DoAsync(here.Jobs, new EnqueueOperation(job));
        var session = await BeginAsync(here.Jobs);
        var first = Assert.Single((await ClaimAsync(here.Jobs, session)).Jobs);

        // It was asked to cancel it meanwhile: a retry ends it.
        await DoAsync(there.Jobs, JobControlOperation.Cancel(job.Id));
        await DoAsync(here.Jobs, new SettleOperation(first.Lease, Settlement.Retry(TimeSpan.Zero, "no")));
        Assert.Equal(JobState.Cancelled, (await there.Jobs.FindJobAsync(job.Id, Cancel))!.State);

        // It was settled, requeued and claimed elsewhere: what is believed here neither refuses nor permits.
        await DoAsync(there.Jobs, JobControlOperation.Requeue(job.Id));
        var elsewhere = await BeginAsync(there.Jobs);
        var second = Assert.Single((await ClaimAsync(there.Jobs, elsewhere)).Jobs);
        var stale = await here.Jobs.CommitAsync(
            new Commit(new SettleOperation(first.Lease, Settlement.Succeeded)), Cancel);
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(stale.Conflicts).Kind);
        await DoAsync(here.Jobs, new SettleOperation(second.Lease, Settlement.Succeeded));

        // What is enqueued is believed to be new, and is not enqueued twice.
        var again = await here.Jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Cancel);
        Assert.Equal(JobEffect.Existing, Assert.Single(again.Jobs).Effect);
    }

    [Fact]
    public async Task A_repeated_commit_with_an_identity_hears_what_became_of_it_though_its_run_has_ended()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var here = await OpenAsync(name);
        await DoAsync(here.Jobs, new EnqueueOperation(new NewJob { Kind = Kind }));
        var job = Assert.Single((await ClaimAsync(here.Jobs, await BeginAsync(here.Jobs))).Jobs);
        var commit = new Commit(
            new AddOperation(new RecordKey("c", "paid"), 1), new SettleOperation(job.Lease, Settlement.Succeeded))
        {
            Identity = new CommitIdentity(Guid.CreateVersion7(), 1),
        };

        var first = await here.Jobs.CommitAsync(commit, Cancel);
        var second = await here.Jobs.CommitAsync(commit, Cancel);

        Assert.True(first.IsCommitted);
        Assert.True(second is { IsCommitted: true, IsReplay: true });
        Assert.Equal((first.Revision, 1), (second.Revision, Assert.Single(second.Counters)));
    }

    [Fact]
    public async Task Work_of_another_process_wakes_who_waits_for_it()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var here = await OpenAsync(name);
        await using var there = await OpenAsync(name);
        var waiting = here.Jobs.WaitForWorkAsync(here.Jobs.WorkMark, Cancel).AsTask();

        // It may begin to listen a little later than here.
        using var limit = new CancellationTokenSource(Patience);
        while (!waiting.IsCompleted)
        {
            await DoAsync(there.Jobs, new EnqueueOperation(new NewJob { Kind = Kind }));
            _ = await Task.WhenAny(
                waiting, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }

        await waiting;
    }

    [Fact]
    public async Task Work_that_another_process_has_brought_after_a_claim_that_found_nothing_is_not_slept_over()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var here = await OpenAsync(name, TimeSpan.FromHours(1));
        await using var there = await OpenAsync(name);
        var session = await BeginAsync(here.Jobs);
        var mark = here.Jobs.WorkMark;
        Assert.Empty((await ClaimAsync(here.Jobs, session)).Jobs);

        await DoAsync(there.Jobs, new EnqueueOperation(new NewJob { Kind = Kind }));

        await here.Jobs.WaitForWorkAsync(mark, Cancel).AsTask().WaitAsync(Patience, Cancel);
        _ = Assert.Single((await ClaimAsync(here.Jobs, session)).Jobs);
    }

    private static async Task<Opened> OpenAsync(StoreName name, TimeSpan? pollInterval = null)
    {
        var options = name.Options();
        options.PollInterval = pollInterval ?? options.PollInterval;
        var store = await RedisStore.OpenAsync(options, cancellationToken: Cancel);
        Assert.NotNull(store.Feature<IJobStore>());
        return new Opened(store, JobStore.For(store));
    }

    private static async Task<SessionId> BeginAsync(JobStore jobs)
    {
        var session = SessionId.New();
        _ = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) }, Cancel);
        return session;
    }

    private static ValueTask<ClaimResult> ClaimAsync(JobStore jobs, SessionId session) => jobs.ClaimAsync(
        session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = 7 }, Cancel);

    private static async Task DoAsync(JobStore jobs, params StoreOperation[] operations) =>
        Assert.Empty((await jobs.CommitAsync(new Commit(operations), Cancel)).Conflicts);

    private sealed record Opened(IStore Store, JobStore Jobs) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }
}
