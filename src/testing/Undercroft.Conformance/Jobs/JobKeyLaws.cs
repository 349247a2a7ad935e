using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>Keys, dependencies and batches.</summary>
public abstract class JobKeyLaws : JobLimitLaws
{
    [Theory]
    [InlineData(SettlementKind.Succeed)]
    [InlineData(SettlementKind.Fail)]
    [InlineData(SettlementKind.Retry)]
    [InlineData(SettlementKind.Snooze)]
    public virtual async Task When_a_holder_of_a_key_ends_or_is_put_off_the_next_goes_on(SettlementKind kind)
    {
        var first = await EnqueueAsync("key");
        var second = await EnqueueAsync("key");
        var third = await EnqueueAsync("key");
        var session = await OpenSessionAsync();
        var job = Assert.Single((await ClaimAsync(session)).Jobs);
        Assert.Equal(first, job.Id);
        await IsAsync(JobState.Waiting, second, third);
        var later = TimeSpan.FromSeconds(1);
        _ = await SettleAsync(job, kind switch
        {
            SettlementKind.Succeed => Settlement.Succeeded,
            SettlementKind.Fail => Settlement.Fail("no"),
            SettlementKind.Retry => Settlement.Retry(later, "no"),
            _ => Settlement.Snooze(later),
        });

        Assert.Equal(second, Assert.Single((await ClaimAsync(session)).Jobs).Id);
        await IsAsync(JobState.Waiting, third);
    }

    [Fact]
    public virtual async Task When_the_holder_of_a_key_dies_it_goes_on_and_keeps_the_key()
    {
        var first = await EnqueueAsync("key");
        var second = await EnqueueAsync("key");
        _ = await ClaimOneAsync(await OpenSessionAsync());
        Clock.Advance(JobLimits.DefaultLease);
        _ = await MaintainAsync();

        var session = await OpenSessionAsync();
        var job = Assert.Single((await ClaimAsync(session)).Jobs);
        Assert.Equal(first, job.Id);
        _ = await SettleAsync(job, Settlement.Succeeded);
        Assert.Equal(second, Assert.Single((await ClaimAsync(session)).Jobs).Id);
    }

    [Fact]
    public virtual async Task When_the_holder_of_a_key_is_poison_the_next_goes_on()
    {
        var first = await EnqueueAsync(new NewJob { Kind = Kind, ConcurrencyKey = "key", CrashesMax = 1 });
        var second = await EnqueueAsync("key");
        _ = await ClaimOneAsync(await OpenSessionAsync());
        Clock.Advance(JobLimits.DefaultLease);
        _ = await MaintainAsync();

        await IsAsync(JobState.Dead, first);
        await IsAsync(JobState.Ready, second);
    }

    [Fact]
    public virtual async Task When_the_holder_of_a_key_is_cancelled_or_moved_the_next_goes_on()
    {
        var first = await EnqueueAsync("key");
        var second = await EnqueueAsync("key");
        var third = await EnqueueAsync("key");
        _ = await DoAsync(JobControlOperation.Cancel(first));
        await IsAsync(JobState.Ready, second);
        _ = await DoAsync(JobControlOperation.Move(second, "other"));
        await IsAsync(JobState.Ready, second, third);
    }

    [Fact]
    public virtual async Task A_waiter_that_is_cancelled_leaves_the_line()
    {
        var first = await EnqueueAsync("key");
        var second = await EnqueueAsync("key");
        var third = await EnqueueAsync("key");
        _ = await DoAsync(JobControlOperation.Cancel(second));
        _ = await DoAsync(JobControlOperation.Cancel(first));
        await IsAsync(JobState.Ready, third);
        Assert.Equal((1, 0), (await CountAsync(JobState.Ready), await CountAsync(JobState.Waiting)));
    }

    [Fact]
    public virtual async Task A_limit_of_two_lets_two_through_and_settling_both_at_once_lets_two_more()
    {
        for (var i = 0; i < 5; i++)
        {
            _ = await EnqueueAsync("key", limit: 2);
        }

        var session = await OpenSessionAsync();
        var jobs = (await ClaimAsync(session)).Jobs;
        Assert.Equal(2, jobs.Count);
        _ = await DoAsync(
            new SettleOperation(jobs[0].Lease, Settlement.Succeeded),
            new SettleOperation(jobs[1].Lease, Settlement.Succeeded));
        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Assert.Equal(1, await CountAsync(JobState.Waiting));
    }

    [Fact]
    public virtual async Task A_key_is_of_its_queue()
    {
        _ = await EnqueueAsync("key");
        var other = await EnqueueAsync(new NewJob { Kind = Kind, Queue = "other", ConcurrencyKey = "key" });
        await IsAsync(JobState.Ready, other);
    }

    [Fact]
    public virtual async Task A_unique_key_returns_the_job_there_is_until_it_ends()
    {
        var job = new NewJob { Kind = Kind, UniqueKey = "once" };
        var first = await EnqueueAsync(job);
        Assert.Equal(first, await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" }));
        var session = await OpenSessionAsync();
        var running = await ClaimOneAsync(session);
        Assert.Equal(first, await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" }));
        _ = await SettleAsync(running, Settlement.Succeeded);
        Assert.NotEqual(first, await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" }));
    }

    [Fact]
    public virtual async Task A_unique_key_with_a_time_is_taken_until_the_time_is_over()
    {
        static NewJob New() => new() { Kind = Kind, UniqueKey = "once", UniqueFor = TimeSpan.FromMinutes(1) };
        var first = await EnqueueAsync(New());
        _ = await SettleAsync(await ClaimOneAsync(await OpenSessionAsync()), Settlement.Succeeded);
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(first, await EnqueueAsync(New()));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(first, await EnqueueAsync(New()));
    }

    [Fact]
    public virtual async Task A_unique_key_whose_time_is_over_is_still_its_jobs_as_long_as_that_lives()
    {
        static NewJob New() => new() { Kind = Kind, UniqueKey = "once", UniqueFor = TimeSpan.FromMinutes(1) };
        var first = await EnqueueAsync(New());
        Clock.Advance(TimeSpan.FromMinutes(2));
        _ = await MaintainAsync();
        Assert.Equal(first, await EnqueueAsync(New()));
        _ = await SettleAsync(await ClaimOneAsync(await OpenSessionAsync()), Settlement.Succeeded);
        _ = await MaintainAsync();
        var second = await EnqueueAsync(New());
        Assert.NotEqual(first, second);
        _ = await MaintainAsync();
        Assert.Equal(second, await EnqueueAsync(New()));
    }

    [Fact]
    public virtual async Task A_duplicate_to_be_rejected_refuses_its_commit()
    {
        _ = await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "once" });
        var result = await CommitAsync(
            Sample.Put("cave", "here"),
            new EnqueueOperation(new NewJob
            {
                Kind = Kind,
                UniqueKey = "once",
                Duplicates = DuplicatePolicy.Reject,
            }));

        Assert.Equal(ConflictKind.DuplicateJob, Assert.Single(result.Conflicts).Kind);
        Assert.Null((await Store.ReadAsync(Sample.Key("cave"), default, Cancel))[0]);
    }

    [Theory]
    [InlineData(DuplicatePolicy.Replace, 30, -2)]
    [InlineData(DuplicatePolicy.Debounce, 30, 0)]
    [InlineData(DuplicatePolicy.Throttle, 10, 0)]
    public virtual async Task A_duplicate_updates_what_its_policy_says(DuplicatePolicy policy, int due, int priority)
    {
        var first = await EnqueueAsync(
            new NewJob
            {
                Kind = Kind,
                UniqueKey = "once",
                Delay = TimeSpan.FromSeconds(10),
                Payload = "old"u8.ToArray(),
            });
        var enqueuedAt = Clock.GetUtcNow();
        var outcome = Assert.Single(await DoAsync(new EnqueueOperation(new NewJob
        {
            Kind = Kind,
            UniqueKey = "once",
            Duplicates = policy,
            Delay = TimeSpan.FromSeconds(30),
            Priority = -2,
            Payload = "new"u8.ToArray(),
        })));

        Assert.Equal((first, JobEffect.Updated), (outcome.Job, outcome.Effect));
        var found = await FindAsync(first);
        Assert.Equal("new"u8.ToArray(), found.Payload.ToArray());
        Assert.Equal((enqueuedAt + TimeSpan.FromSeconds(due), priority), (found.DueAt, found.Priority));
    }

    [Fact]
    public virtual async Task A_duplicate_of_a_running_job_is_its_successor()
    {
        static NewJob New() => new() { Kind = Kind, UniqueKey = "once", Duplicates = DuplicatePolicy.Replace };
        var first = await EnqueueAsync(New());
        var session = await OpenSessionAsync();
        var running = await ClaimOneAsync(session);
        var second = await EnqueueAsync(New());
        Assert.NotEqual(first, second);
        _ = await SettleAsync(running, Settlement.Succeeded);
        Assert.Equal(second, await EnqueueAsync(New()));
    }

    [Fact]
    public virtual async Task A_job_waits_for_all_it_depends_on()
    {
        var left = new NewJob { Kind = Kind };
        var right = new NewJob { Kind = Kind };
        var child = new NewJob { Kind = Kind, DependsOn = [new(left.Id), new(right.Id)] };
        _ = await DoAsync(new EnqueueOperation(child), new EnqueueOperation(left), new EnqueueOperation(right));
        await IsAsync(JobState.Waiting, child.Id);
        var session = await OpenSessionAsync();
        foreach (var job in (await ClaimAsync(session)).Jobs)
        {
            await IsAsync(JobState.Waiting, child.Id);
            _ = await SettleAsync(job, Settlement.Succeeded);
        }

        await IsAsync(JobState.Ready, child.Id);
        var late = await EnqueueAsync(new NewJob { Kind = Kind, DependsOn = [new(left.Id)] });
        await IsAsync(JobState.Ready, late);
    }

    [Theory]
    [InlineData(DependencyPolicy.Cancel, JobState.Cancelled)]
    [InlineData(DependencyPolicy.Fail, JobState.Dead)]
    [InlineData(DependencyPolicy.Ignore, JobState.Ready)]
    public virtual async Task A_failure_goes_down_the_chain_as_its_policy_says(DependencyPolicy policy, JobState state)
    {
        var parent = new NewJob { Kind = Kind };
        var child = new NewJob { Kind = Kind, DependsOn = [new(parent.Id, policy)] };
        var grandchild = new NewJob { Kind = Kind, DependsOn = [new(child.Id, policy)] };
        _ = await DoAsync(new EnqueueOperation(parent), new EnqueueOperation(child), new EnqueueOperation(grandchild));
        _ = await SettleAsync(await ClaimOneAsync(await OpenSessionAsync()), Settlement.Fail("no"));

        await IsAsync(state, child.Id);
        await IsAsync(policy == DependencyPolicy.Ignore ? JobState.Waiting : state, grandchild.Id);
    }

    [Fact]
    public virtual async Task Circles_and_missing_dependencies_are_refused()
    {
        var (one, two) = (JobId.New(), JobId.New());
        _ = await Assert.ThrowsAsync<ArgumentException>(() => DoAsync(
            new EnqueueOperation(new NewJob { Id = one, Kind = Kind, DependsOn = [new(two)] }),
            new EnqueueOperation(new NewJob { Id = two, Kind = Kind, DependsOn = [new(one)] })));
        var result = await CommitAsync(
            new EnqueueOperation(new NewJob { Id = one, Kind = Kind, DependsOn = [new(two)] }));

        Assert.Equal(ConflictKind.MissingDependency, Assert.Single(result.Conflicts).Kind);
        Assert.Null(await Jobs.FindJobAsync(one, Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task A_job_that_the_same_commit_deletes_is_missing(bool isDeletedFirst)
    {
        var failed = await EnqueueAsync(new NewJob { Kind = Kind });
        _ = await SettleAsync(await ClaimOneAsync(await OpenSessionAsync()), Settlement.Fail("no"));
        var child = new NewJob { Kind = Kind, DependsOn = [new(failed)] };
        JobOperation[] both =
        [
            new EnqueueOperation(child),
            JobControlOperation.Delete(failed),
        ];
        var result = await CommitAsync(isDeletedFirst ? [both[1], both[0]] : both);

        Assert.Equal(
            (ConflictKind.MissingDependency, isDeletedFirst ? 1 : 0),
            (Assert.Single(result.Conflicts).Kind, result.Conflicts[0].Operation));
        Assert.Null(await Jobs.FindJobAsync(child.Id, Cancel));
        await IsAsync(JobState.Dead, failed);
    }

    [Fact]
    public virtual async Task A_batch_counts_its_jobs_and_lets_go_on_what_waits_for_it()
    {
        var after = new NewJob { Kind = Kind, AfterBatch = "batch" };
        _ = await DoAsync(
            [
                new EnqueueOperation(after),
                .. Enumerable.Range(0, 3).Select(
                    static _ => new EnqueueOperation(new NewJob { Kind = Kind, Batch = "batch" })),
            ]);
        var session = await OpenSessionAsync();
        var jobs = (await ClaimAsync(session)).Jobs;
        Assert.Equal(3, jobs.Count);
        _ = await SettleAsync(jobs[0], Settlement.Succeeded);
        _ = await SettleAsync(jobs[1], Settlement.Fail("no"));
        await IsAsync(JobState.Waiting, after.Id);
        Assert.Equal(new BatchInfo("batch", 3, 1, 1, 1, 0), await Jobs.FindBatchAsync("batch", Cancel));
        _ = await SettleAsync(jobs[2], Settlement.Cancelled);

        await IsAsync(JobState.Ready, after.Id);
        Assert.Equal(new BatchInfo("batch", 3, 0, 1, 1, 1), await Jobs.FindBatchAsync("batch", Cancel));
        Assert.Null(await Jobs.FindBatchAsync("other", Cancel));
    }
}
