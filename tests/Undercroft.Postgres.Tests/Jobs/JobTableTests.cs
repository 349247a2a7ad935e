using Undercroft.Jobs;
using Undercroft.Postgres.Schema;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>What is special about jobs in PostgreSQL: older schemas, several processes, what is kept where.</summary>
public sealed class JobTableTests(SharedPostgres shared) : JobTest(shared)
{
    [Fact]
    public async Task A_schema_without_jobs_gets_their_tables_when_it_is_opened()
    {
        var old = SchemaSteps.All.TakeWhile(static step => step.WorksWith == 1).ToList();
        await using (await PostgresStore.OpenAsync(Options(), old, null, Cancel))
        {
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
    public async Task A_claim_finds_what_another_store_has_made_ready_before_that_place_once_its_word_is_heard()
    {
        // No time passes: a claim never looks at the head because a second is over.
        var clock = new ManualClock();
        var stores = new List<JobStore>();
        for (var i = 0; i < 2; i++)
        {
            var store = await PostgresStore.OpenAsync(Options(), clock, Cancel);
            Own(store);
            stores.Add(JobStore.For(store));
        }

        var (ours, theirs) = (stores[0], stores[1]);
        var session = await OpenSessionAsync(ours);
        _ = await EnqueueAsync(ours, 200, priority: 5);
        _ = Assert.Single(await ClaimAsync(ours, session, 1));
        await ours.WaitForWorkAsync(ours.WorkMark - 1, Cancel);
        var urgent = (await EnqueueAsync(theirs, 1, priority: 1))[0];

        while (true)
        {
            var mark = ours.WorkMark;
            if (Assert.Single(await ClaimAsync(ours, session, 1)).Id == urgent)
            {
                return;
            }

            await ours.WaitForWorkAsync(mark, Cancel).AsTask().WaitAsync(
                TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);
        }
    }

    [Fact]
    public async Task Of_commits_sent_together_those_refused_leave_neither_document_nor_settlement()
    {
        const int Count = 12;
        var (store, jobs) = await OpenBothAsync();
        var other = (await OpenBothAsync()).Jobs;
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, Count);
        var claimed = await ClaimAsync(jobs, session);
        _ = await CommitAsync(store, Put("3"), Put("7"));
        await SettleAsync(other, [claimed[5], claimed[9]]);

        var results = await Task.WhenAll(claimed.Select((job, i) => jobs.CommitAsync(
            new Commit(
                new PutOperation(Key($"{i}"), "{}"u8.ToArray(), WriteCondition.Absent),
                new SettleOperation(job.Lease, Settlement.Succeeded)),
            Cancel).AsTask()));

        for (var i = 0; i < Count; i++)
        {
            var (state, isThere, conflicts) = i switch
            {
                3 or 7 => (JobState.Running, true, (ConflictKind[])[ConflictKind.Condition]),
                5 or 9 => (JobState.Succeeded, false, [ConflictKind.StaleLease]),
                _ => (JobState.Succeeded, true, []),
            };
            Assert.Equal(conflicts, results[i].Conflicts.Select(static one => one.Kind));
            Assert.Equal(state, (await jobs.FindJobAsync(claimed[i].Id, Cancel))!.State);
            Assert.Equal(isThere, (await store.ReadAsync(Key($"{i}"), default, Cancel))[0] is not null);
        }

        async Task<(PostgresStore Store, JobStore Jobs)> OpenBothAsync()
        {
            var one = await OpenAsync();
            return (one, JobStore.For(one));
        }
    }

    [Fact]
    public async Task A_job_that_ends_at_once_is_enqueued_once_however_often_that_is_repeated()
    {
        var store = await OpenAsync();
        var jobs = JobStore.For(store);
        var session = await OpenSessionAsync(jobs);
        var dead = (await EnqueueAsync(jobs))[0];
        var run = Assert.Single(await ClaimAsync(jobs, session));
        _ = await jobs.CommitAsync(new Commit(new SettleOperation(run.Lease, Settlement.Fail("no"))), Cancel);
        var job = new NewJob { Kind = Kind, Batch = "batch", DependsOn = [new JobDependency(dead)] };

        var effects = new List<JobEffect>();
        for (var i = 0; i < 3; i++)
        {
            var result = await jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Cancel);
            effects.Add(Assert.Single(result.Jobs).Effect);
        }

        Assert.Equal([JobEffect.Enqueued, JobEffect.Existing, JobEffect.Existing], effects);
        Assert.Equal(2L, await AskAsync("SELECT count(*) FROM undercroft.job_history"));
        Assert.Equal(1, (await jobs.FindBatchAsync("batch", Cancel))!.Total);
    }

    [Fact]
    public async Task A_claim_whose_answer_is_lost_says_so_and_is_not_sent_again_behind_itself()
    {
        var jobs = JobStore.For(await OpenAsync());
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, 2);
        await using var holder = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = "SELECT undercroft.jobs_lock_v1(t) FROM undercroft.tenants";
            _ = await command.ExecuteScalarAsync(Cancel);
            command.CommandText = "SET idle_in_transaction_session_timeout = 0";
            _ = await command.ExecuteNonQueryAsync(Cancel);
        }

        // It waits for the lock when its connection breaks.
        var claim = ClaimAsync(jobs, session, 1);
        while (await AskAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory' " +
            "AND query LIKE '%jobs_claim_v1%' AND datname = current_database()") is not true)
        {
            Assert.False(claim.IsCompleted);
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<StoreException>(() => claim);
        Assert.True(error.IsTransient, error.Message);
        await transaction.RollbackAsync(Cancel);
        _ = Assert.Single(await ClaimAsync(jobs, session, 1));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("ab+")]
    [InlineData("ab+-3,17")]
    public void Words_are_read_as_they_are_written(string text)
    {
        var word = PostgresWord.Parse(text);

        Assert.Equal(("ab", text != "ab"), (word.From, word.HasWork));
        Assert.Equal(text.EndsWith("17", StringComparison.Ordinal) ? ((int, long)?)(-3, 17L) : null, word.Ready);
        Assert.Equal(text, word.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("ab+x")]
    [InlineData("ab+1,2+3")]
    public void A_word_that_cannot_be_read_may_mean_anything(string text) =>
        Assert.Equal(PostgresWord.Anything, PostgresWord.Parse(text));

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
