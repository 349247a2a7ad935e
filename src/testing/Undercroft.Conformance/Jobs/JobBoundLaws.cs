using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>Nothing grows for ever: what is over is forgotten, and what is too much is refused.</summary>
public abstract class JobBoundLaws : JobLossLaws
{
    [Fact]
    public virtual async Task Limiters_that_limit_nothing_any_more_are_forgotten_step_by_step()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        for (var i = 0; i < 3; i++)
        {
            _ = await EnqueueAsync(Limited(i));
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }

        Assert.False((await MaintainAsync(new JobMaintenance { Max = 2 })).HasMore);
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await MaintainAsync(new JobMaintenance { Max = 2 })).HasMore);
        Assert.False((await MaintainAsync(new JobMaintenance { Max = 2 })).HasMore);

        _ = await EnqueueAsync(Limited(0));
        _ = await EnqueueAsync(Limited(0));
        _ = await ClaimOneAsync(session);
        Assert.Empty((await ClaimAsync(session)).Jobs);

        static NewJob Limited(int number) => new()
        {
            Kind = Kind,
            RateLimit = new RateLimit($"customer {number}", 1, TimeSpan.FromMinutes(1)),
        };
    }

    [Fact]
    public virtual async Task A_beat_with_an_older_time_does_not_shorten_the_lease()
    {
        var session = await OpenSessionAsync();
        Clock.Advance(TimeSpan.FromSeconds(8));
        var until = (await HeartbeatAsync(session)).ExpiresAt;
        var late = await Jobs.HeartbeatAsync(
            session, new SessionUpdate { Now = Clock.GetUtcNow().AddSeconds(-8) }, Cancel);

        Assert.Equal((true, until), (late.IsAlive, late.ExpiresAt));
        Clock.Advance(TimeSpan.FromSeconds(8));
        _ = await MaintainAsync();
        Assert.True((await HeartbeatAsync(session)).IsAlive);
    }

    [Fact]
    public virtual async Task Unique_keys_whose_time_is_over_are_forgotten_step_by_step()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        for (var i = 0; i < 3; i++)
        {
            _ = await EnqueueAsync(
                new NewJob { Kind = Kind, UniqueKey = $"{i}", UniqueFor = TimeSpan.FromMinutes(1) });
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }

        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await MaintainAsync(new JobMaintenance { Max = 2 })).HasMore);
        Assert.False((await MaintainAsync(new JobMaintenance { Max = 2 })).HasMore);
    }

    [Fact]
    public virtual async Task Only_what_is_old_enough_is_pruned_and_the_oldest_first()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        var jobs = new List<JobId>();
        for (var i = 0; i < 4; i++)
        {
            jobs.Add(await EnqueueAsync());
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        // The third has ended to the tick as long ago as is kept.
        var ended = (await FindAsync(jobs[2])).FinishedAt!.Value;
        var request = new JobMaintenance { Max = 2, KeepSucceeded = Clock.GetUtcNow() - ended };
        Assert.Equal(2, (await MaintainAsync(request)).Pruned);
        Assert.Equal(1, (await MaintainAsync(request)).Pruned);
        Assert.Equal(0, (await MaintainAsync(request)).Pruned);
        await IsAsync(JobState.Succeeded, jobs[3]);
        Assert.Equal(1, await CountAsync(JobState.Succeeded));
    }

    [Fact]
    public virtual async Task A_job_that_is_run_again_stands_back_while_another_has_its_unique_key()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        var first = await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once", Batch = "batch" });
        _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Fail("no"));
        var second = await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" });

        var refused = Assert.Single(await DoAsync(JobControlOperation.Requeue(first)));
        Assert.Equal((JobEffect.None, JobState.Dead), (refused.Effect, refused.State));
        await IsAsync(JobState.Dead, first);
        Assert.Equal(new BatchInfo("batch", 1, 0, 0, 1, 0), await Jobs.FindBatchAsync("batch", Cancel));

        Assert.Equal(second, (await ClaimOneAsync(session)).Id);
        _ = await DoAsync(JobControlOperation.Cancel(second));
        Assert.Equal(JobEffect.None, Assert.Single(await DoAsync(JobControlOperation.Requeue(first))).Effect);
        Clock.Advance(TimeSpan.FromDays(2));
        _ = await MaintainAsync();
        Assert.Equal(JobEffect.Changed, Assert.Single(await DoAsync(JobControlOperation.Requeue(first))).Effect);
        Assert.Equal(first, await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" }));
    }

    [Fact]
    public virtual async Task A_circle_by_way_of_a_unique_key_is_none()
    {
        var standing = JobId.New();
        var between = new NewJob { Kind = Kind, DependsOn = [new(standing)] };
        var first = new NewJob { Kind = Kind, UniqueKey = "key", DependsOn = [new(between.Id)] };
        _ = await DoAsync(
            new EnqueueOperation(first),
            new EnqueueOperation(between),
            new EnqueueOperation(new NewJob { Id = standing, Kind = Kind, UniqueKey = "key" }));

        var session = await OpenSessionAsync();
        for (var i = 0; i < 2; i++)
        {
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }

        await IsAsync(JobState.Succeeded, first.Id, between.Id);
    }

    [Fact]
    public virtual async Task A_circle_by_way_of_a_unique_key_and_a_batch_is_none()
    {
        var standing = JobId.New();
        var inside = new NewJob { Kind = Kind, Batch = "batch", DependsOn = [new(standing)] };
        var first = new NewJob { Kind = Kind, UniqueKey = "key", AfterBatch = "batch" };
        _ = await DoAsync(
            new EnqueueOperation(inside),
            new EnqueueOperation(first),
            new EnqueueOperation(new NewJob { Id = standing, Kind = Kind, UniqueKey = "key" }));

        var session = await OpenSessionAsync();
        for (var i = 0; i < 2; i++)
        {
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }

        await IsAsync(JobState.Succeeded, first.Id, inside.Id);
    }

    [Fact]
    public virtual async Task Steps_of_a_job_have_a_number_they_do_not_pass()
    {
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        _ = await EnqueueAsync();
        var run = await ClaimOneAsync(session);
        for (var i = 0; i < JobLimits.StepsMax; i++)
        {
            _ = await DoAsync(new StepOperation(run.Lease, $"{i}", default));
        }

        var more = await CommitAsync(
            Sample.Put("cave", "here"), new StepOperation(run.Lease, "one more", default));
        var conflict = Assert.Single(more.Conflicts);
        Assert.Equal((1, ConflictKind.StepLimit), (conflict.Operation, conflict.Kind));
        Assert.Null((await Store.ReadAsync(Sample.Key("cave"), default, Cancel))[0]);

        // One of its name makes way, and the job ends as any other.
        _ = await DoAsync(new StepOperation(run.Lease, "0", new byte[] { 1 }));
        _ = await SettleAsync(run, Settlement.Succeeded);
        await IsAsync(JobState.Succeeded, run.Id);
    }
}
