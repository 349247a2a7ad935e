using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>The way of a job from state to state, and what time and people do to it.</summary>
public abstract class JobStateLaws : JobCommitLaws
{
    [Fact]
    public virtual async Task Jobs_come_by_priority_then_due_time_then_order()
    {
        var late = await EnqueueAsync(priority: 5);
        var first = await EnqueueAsync();
        var second = await EnqueueAsync();
        var urgent = await EnqueueAsync(priority: -1);

        var claimed = (await ClaimAsync(await OpenSessionAsync())).Jobs.Select(static job => job.Id);

        Assert.Equal([urgent, first, second, late], claimed);
    }

    [Fact]
    public virtual async Task A_delayed_job_comes_at_its_tick_and_not_before()
    {
        var id = await EnqueueAsync(new NewJob { Kind = Kind, Delay = TimeSpan.FromSeconds(7) });
        var session = await OpenSessionAsync(TimeSpan.FromMinutes(1));
        await IsAsync(JobState.Scheduled, id);
        Clock.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
        var early = await ClaimAsync(session);
        Clock.Advance(TimeSpan.FromTicks(1));
        var due = await ClaimAsync(session);

        Assert.Empty(early.Jobs);
        Assert.Equal(Clock.GetUtcNow(), early.NextDueAt);
        Assert.Equal(id, Assert.Single(due.Jobs).Id);
        Assert.Null(due.NextDueAt);
    }

    [Fact]
    public virtual async Task A_retry_waits_keeps_the_error_and_ends_dead_when_the_attempts_are_over()
    {
        var id = await EnqueueAsync(new NewJob { Kind = Kind, AttemptsMax = 2 });
        var session = await OpenSessionAsync(TimeSpan.FromMinutes(1));
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Retry(TimeSpan.FromSeconds(3), "first"));
        await IsAsync(JobState.Scheduled, id);
        Assert.Empty((await ClaimAsync(session)).Jobs);
        Clock.Advance(TimeSpan.FromSeconds(3));
        var second = await ClaimOneAsync(session);
        Assert.Equal(2, second.Attempt);
        _ = await SettleAsync(second, Settlement.Retry(TimeSpan.FromSeconds(3), "second"));

        var dead = await FindAsync(id);
        Assert.Equal(JobState.Dead, dead.State);
        Assert.Equal([(1, "first"), (2, "second")], dead.Errors.Select(static one => (one.Attempt, one.Message)));
        Assert.Equal(Clock.GetUtcNow(), dead.FinishedAt);
    }

    [Fact]
    public virtual async Task Snoozes_and_releases_do_not_count_as_attempts()
    {
        var id = await EnqueueAsync(new NewJob { Kind = Kind, AttemptsMax = 1 });
        var session = await OpenSessionAsync(TimeSpan.FromMinutes(1));
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Snooze(TimeSpan.FromSeconds(1)));
        await IsAsync(JobState.Scheduled, id);
        Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Released);
        await IsAsync(JobState.Ready, id);
        var last = await ClaimOneAsync(session);

        Assert.Equal((1, 1), (last.Attempt, last.Snoozes));
        _ = await SettleAsync(last, Settlement.Succeed("done"u8.ToArray()));
        Assert.Equal("done"u8.ToArray(), (await FindAsync(id)).Result.ToArray());
    }

    [Fact]
    public virtual async Task A_released_job_keeps_its_place()
    {
        var first = await EnqueueAsync();
        _ = await EnqueueAsync();
        var session = await OpenSessionAsync();
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Released);
        Assert.Equal(first, (await ClaimOneAsync(session)).Id);
    }

    [Fact]
    public virtual async Task A_session_lives_until_its_lease_ends_and_never_again()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        _ = await ClaimOneAsync(session);
        Clock.Advance(JobLimits.DefaultLease - TimeSpan.FromTicks(1));
        Assert.Equal(0, (await MaintainAsync()).Reaped);
        Assert.True((await HeartbeatAsync(session)).IsAlive);
        Clock.Advance(JobLimits.DefaultLease);

        Assert.False((await HeartbeatAsync(session)).IsAlive);
        Assert.False((await ClaimAsync(session)).IsSessionAlive);
        Assert.Equal(1, (await MaintainAsync()).Reaped);
        await IsAsync(JobState.Ready, id);
        Assert.False((await HeartbeatAsync(session)).IsAlive);
        Assert.Empty(await Jobs.ListSessionsAsync(Cancel));
    }

    [Fact]
    public virtual async Task Maintenance_leaves_a_job_alone_whose_session_was_renewed()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        var job = await ClaimOneAsync(session);
        for (var beat = 0; beat < 5; beat++)
        {
            Clock.Advance(JobLimits.DefaultLease / 2);
            Assert.True((await HeartbeatAsync(session)).IsAlive);
            Assert.Equal(0, (await MaintainAsync()).Reaped);
        }

        await IsAsync(JobState.Running, id);
        _ = await SettleAsync(job, Settlement.Succeeded);
    }

    [Fact]
    public virtual async Task A_job_whose_worker_dies_too_often_is_poison()
    {
        var id = await EnqueueAsync(new NewJob { Kind = Kind, CrashesMax = 2 });
        for (var crash = 1; crash <= 2; crash++)
        {
            _ = await ClaimOneAsync(await OpenSessionAsync());
            Clock.Advance(JobLimits.DefaultLease);
            Assert.Equal(1, (await MaintainAsync()).Reaped);
        }

        var dead = await FindAsync(id);
        Assert.Equal((JobState.Dead, 2), (dead.State, dead.Crashes));
        Assert.Contains("Poison", dead.Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public virtual async Task A_closed_session_gives_back_what_it_held_and_nothing_counts()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        _ = await ClaimOneAsync(session);
        Assert.False((await HeartbeatAsync(session, SessionUpdateKind.Close)).IsAlive);

        var found = await FindAsync(id);
        Assert.Equal((JobState.Ready, 0, 0), (found.State, found.Attempt, found.Crashes));
        Assert.False((await ClaimAsync(session)).IsSessionAlive);
    }

    [Fact]
    public virtual async Task A_session_that_was_never_opened_claims_nothing()
    {
        var id = await EnqueueAsync();
        var result = await ClaimAsync(SessionId.New());
        Assert.False(result.IsSessionAlive);
        await IsAsync(JobState.Ready, id);
    }

    [Fact]
    public virtual async Task Cancelling_ends_what_waits_and_asks_what_runs()
    {
        var waiting = await EnqueueAsync();
        var outcome = Assert.Single(await DoAsync(JobControlOperation.Cancel(waiting)));
        Assert.Equal(new JobOutcome(waiting, JobEffect.Changed, JobState.Cancelled), outcome);

        var running = await EnqueueAsync();
        var session = await OpenSessionAsync();
        var job = await ClaimOneAsync(session);
        Assert.Equal(JobEffect.Requested, (await DoAsync(JobControlOperation.Cancel(running)))[0].Effect);
        Assert.Equal(job.Lease, Assert.Single((await HeartbeatAsync(session)).CancelRequests));
        Assert.Equal(job.Lease, Assert.Single((await HeartbeatAsync(session)).CancelRequests));
        _ = await SettleAsync(job, Settlement.Retry(TimeSpan.Zero, "interrupted"));

        await IsAsync(JobState.Cancelled, running);
        Assert.Empty((await HeartbeatAsync(session)).CancelRequests);
        Assert.Equal(JobEffect.None, (await DoAsync(JobControlOperation.Cancel(running)))[0].Effect);
        Assert.Equal(JobEffect.None, (await DoAsync(JobControlOperation.Cancel(JobId.New())))[0].Effect);
    }

    [Fact]
    public virtual async Task Requeueing_begins_anew_under_the_same_id()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Fail("no"));
        Assert.Equal(JobEffect.Changed, (await DoAsync(JobControlOperation.Requeue(id)))[0].Effect);

        var again = await ClaimOneAsync(session);
        Assert.Equal((id, 1, 2), (again.Id, again.Attempt, again.Lease.Fence));
        Assert.Equal(1, (await FindAsync(id)).Requeues);
    }

    [Fact]
    public virtual async Task A_paused_queue_gives_nothing_until_it_is_resumed()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        _ = await DoAsync(JobControlOperation.Pause(NewJob.DefaultQueue));
        var paused = await ClaimAsync(session);
        Assert.Empty(paused.Jobs);
        Assert.Equal([NewJob.DefaultQueue], paused.PausedQueues);
        Assert.True(Assert.Single(await Jobs.ListQueuesAsync(Cancel)).IsPaused);
        _ = await DoAsync(JobControlOperation.Resume(NewJob.DefaultQueue));
        Assert.Equal(id, (await ClaimOneAsync(session)).Id);
    }

    [Fact]
    public virtual async Task A_queue_that_is_paused_is_listed_before_there_is_a_job_in_it()
    {
        _ = await EnqueueAsync();
        _ = await DoAsync(JobControlOperation.Pause("a-queue"), JobControlOperation.Pause("work"));
        var queues = await Jobs.ListQueuesAsync(Cancel);
        Assert.Equal(
            [("a-queue", true, 0L), (NewJob.DefaultQueue, false, 1L), ("work", true, 0L)],
            queues.Select(static one => (one.Queue, one.IsPaused, one.Counts.Sum())));
    }

    [Fact]
    public virtual async Task Kinds_a_worker_does_not_know_stay_for_others()
    {
        var strange = await EnqueueAsync(new NewJob { Kind = "strange", Priority = -9 });
        var known = await EnqueueAsync();
        Assert.Equal(known, Assert.Single((await ClaimAsync(await OpenSessionAsync())).Jobs).Id);
        await IsAsync(JobState.Ready, strange);
    }

    [Fact]
    public virtual async Task Priorities_and_queues_can_be_changed_before_a_job_begins()
    {
        var first = await EnqueueAsync();
        var second = await EnqueueAsync();
        var moved = await EnqueueAsync();
        var later = await EnqueueAsync(new NewJob { Kind = Kind, Delay = TimeSpan.FromHours(1) });
        _ = await DoAsync(
            JobControlOperation.Prioritize(second, -1), JobControlOperation.Move(moved, "other"),
            JobControlOperation.RunNow(later));

        var session = await OpenSessionAsync();
        Assert.Equal([second, first, later], (await ClaimAsync(session)).Jobs.Select(static job => job.Id));
        Assert.Equal(moved, Assert.Single((await ClaimAsync(session, 9, "other")).Jobs).Id);
        Assert.Equal(JobEffect.None, (await DoAsync(JobControlOperation.Move(first, "other")))[0].Effect);
    }

    [Fact]
    public virtual async Task Steps_and_progress_are_kept_for_the_next_run()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        var job = await ClaimOneAsync(session);
        _ = await DoAsync(new StepOperation(job.Lease, "fetch", "one"u8.ToArray()), Sample.Put("cave", "fetched"));
        _ = await Jobs.HeartbeatAsync(
            session, new SessionUpdate { Progress = [new JobProgress(job.Lease, 0.5, "half")] }, Cancel);
        var seen = await FindAsync(id);
        Assert.Equal((0.5, "half"), (seen.Progress, seen.ProgressText));
        _ = await SettleAsync(job, Settlement.Retry(TimeSpan.Zero, "no"));

        var step = Assert.Single((await ClaimOneAsync(session)).Steps);
        Assert.Equal(("fetch", "one"), (step.Name, System.Text.Encoding.UTF8.GetString(step.Output.Span)));
        var stale = await CommitAsync(new StepOperation(job.Lease, "late", default));
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(stale.Conflicts).Kind);
    }

    [Fact]
    public virtual async Task What_has_ended_is_kept_as_long_as_asked_and_then_forgotten()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(30));
        var good = await EnqueueAsync();
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        var bad = await EnqueueAsync();
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Fail("no"));
        var waiting = await EnqueueAsync();
        Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await MaintainAsync()).Pruned);
        Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, (await MaintainAsync()).Pruned);
        Assert.Null(await Jobs.FindJobAsync(good, Cancel));
        await IsAsync(JobState.Dead, bad);
        await IsAsync(JobState.Ready, waiting);
        Assert.Equal((0, 1), (await CountAsync(JobState.Succeeded), await CountAsync(JobState.Dead)));
    }

    [Fact]
    public virtual async Task Lists_go_on_where_they_were_forward_and_back()
    {
        var ids = new List<JobId>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await EnqueueAsync(priority: i % 3));
        }

        foreach (var isReverse in new[] { false, true })
        {
            var found = new List<JobId>();
            var filter = new JobFilter { State = JobState.Ready, Limit = 3, IsReverse = isReverse };
            for (var pages = 0; pages < 20; pages++)
            {
                var page = await Jobs.ListJobsAsync(filter, Cancel);
                found.AddRange(page.Jobs.Select(static job => job.Id));
                if (page.Next is null)
                {
                    break;
                }

                filter = filter with { After = page.Next };
            }

            Assert.Equal(isReverse ? ids.AsEnumerable().Reverse() : ids, found);
        }
    }
}
