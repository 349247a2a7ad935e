using Undercroft.Jobs;
using Undercroft.Postgres.Schema;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>What is special about jobs in PostgreSQL: older schemas, several processes, what is kept where.</summary>
public sealed class JobTableTests(SharedPostgres shared) : JobTest(shared)
{
    [Fact]
    public async Task A_schema_without_jobs_gets_their_tables_when_it_is_opened()
    {
        var old = SchemaSteps.All.TakeWhile(static step => step.WorksWith == 1).ToList();
        await using (var store = await PostgresStore.OpenAsync(Options(), old, null, Cancel))
        {
            _ = await CommitAsync(store, Put("a"));
        }

        Assert.Equal(false, await AskAsync("SELECT to_regclass('undercroft.jobs') IS NOT NULL"));
        var jobs = JobStore.For(await OpenAsync());
        var job = (await EnqueueAsync(jobs))[0];
        Assert.Equal(JobState.Ready, (await jobs.FindJobAsync(job, Cancel))!.State);
        _ = await Assert.ThrowsAsync<StoreException>(
            async () => await PostgresStore.OpenAsync(Options(), old, null, Cancel));
    }

    [Fact]
    public async Task Jobs_that_an_older_program_has_left_as_records_are_told_of_until_they_have_ended()
    {
        var store = await OpenAsync();
        var records = JobStore.For(store, asRecords: true);
        _ = await EnqueueAsync(records);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await OpenSessionAsync(JobStore.For(await OpenAsync())));
        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains("kept as records by an older Undercroft", error.Message, StringComparison.Ordinal);
        Assert.Contains("asRecords: true", error.Message, StringComparison.Ordinal);

        await SettleAsync(records, await ClaimAsync(records, await OpenSessionAsync(records)));
        var jobs = JobStore.For(await OpenAsync());
        _ = await EnqueueAsync(jobs);
        _ = Assert.Single(await ClaimAsync(jobs, await OpenSessionAsync(jobs)));
    }

    [Fact]
    public async Task A_cancellation_by_another_process_is_heard_whatever_is_claimed_in_between()
    {
        var (own, other) = (JobStore.For(await OpenAsync()), JobStore.For(await OpenAsync()));
        _ = await EnqueueAsync(own);
        var session = await OpenSessionAsync(own);
        var job = Assert.Single(await ClaimAsync(own, session));

        _ = await other.CommitAsync(new Commit(JobControlOperation.Cancel(job.Id)), Cancel);
        _ = await EnqueueAsync(other);
        _ = Assert.Single(await ClaimAsync(own, session));

        var status = await own.HeartbeatAsync(session, new SessionUpdate(), Cancel);
        Assert.Equal([job.Lease], status.CancelRequests);
    }

    [Fact]
    public async Task Several_stores_on_one_database_claim_and_settle_each_job_once()
    {
        const int Count = 200;
        var stores = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => JobStore.For(await OpenAsync())));
        var all = await EnqueueAsync(stores[0], Count);
        var done = new System.Collections.Concurrent.ConcurrentDictionary<JobId, int>();

        await Task.WhenAll(stores.SelectMany(jobs => Enumerable.Range(0, 2).Select(async worker =>
        {
            var session = await OpenSessionAsync(jobs);
            while (done.Count < Count)
            {
                // Some claims of one list, which pass each other, and some of two, which take turns.
                var claim = await jobs.ClaimAsync(
                    session,
                    new ClaimRequest
                    {
                        Queues = [NewJob.DefaultQueue],
                        Kinds = worker == 0 ? [Kind] : [Kind, "other"],
                        Max = 7,
                    },
                    Cancel);
                foreach (var job in claim.Jobs)
                {
                    Assert.True(done.TryAdd(job.Id, 1), $"Job {job.Id} has two owners.");
                    var result = await jobs.CommitAsync(
                        new Commit(
                            new AddOperation(Key("done"), 1), new SettleOperation(job.Lease, Settlement.Succeeded)),
                        Cancel);
                    Assert.True(result.IsCommitted, string.Join("; ", result.Conflicts));
                }
            }
        })));

        Assert.Equal(Count, (await stores[1].ListQueuesAsync(Cancel))[0][JobState.Succeeded]);
        Assert.Equal(all.Order(), done.Keys.Order());
    }

    [Fact]
    public async Task Work_of_another_store_wakes_who_waits()
    {
        var ours = JobStore.For(await OpenAsync(static options => options.PollInterval = TimeSpan.FromHours(1)));
        var theirs = JobStore.For(await OpenAsync());
        var session = await OpenSessionAsync(ours);
        while (true)
        {
            var mark = ours.WorkMark;
            if (await ClaimAsync(ours, session) is [var claimed])
            {
                Assert.Equal(Kind, claimed.Kind);
                return;
            }

            var waiting = ours.WaitForWorkAsync(mark, Cancel).AsTask();
            _ = await EnqueueAsync(theirs);
            await waiting.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);
        }
    }

    [Fact]
    public async Task A_claim_finds_what_was_made_ready_before_where_the_last_one_ended()
    {
        var jobs = JobStore.For(await OpenAsync());
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, 30, priority: 5);
        Assert.Equal(10, (await ClaimAsync(jobs, session, 10)).Count);
        var urgent = (await EnqueueAsync(jobs, 1, priority: 1))[0];

        Assert.Equal(urgent, (await ClaimAsync(jobs, session, 10))[0].Id);
    }

    [Fact]
    public async Task What_has_ended_leaves_the_table_of_what_moves()
    {
        var jobs = JobStore.For(await OpenAsync());
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, 50);
        await SettleAsync(jobs, await ClaimAsync(jobs, session, 40));

        Assert.Equal(10L, await AskAsync("SELECT count(*) FROM undercroft.jobs"));
        Assert.Equal(40L, await AskAsync("SELECT count(*) FROM undercroft.job_history WHERE state = 4"));
        Assert.Equal(200, await AskAsync("SELECT min(octet_length(payload)) FROM undercroft.job_history"));
        var pruned = await jobs.MaintainJobsAsync(
            new JobMaintenance { Max = 1_000, KeepSucceeded = TimeSpan.Zero }, Cancel);
        Assert.Equal(40, pruned.Pruned);
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM undercroft.job_history"));
    }
}
