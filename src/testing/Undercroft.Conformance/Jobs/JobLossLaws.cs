using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>What was lost on the way comes again, and what could never run is refused.</summary>
public abstract class JobLossLaws : JobStateLaws
{
    [Fact]
    public virtual async Task A_claim_whose_answer_was_lost_brings_its_jobs_again()
    {
        var known = await EnqueueAsync();
        var session = await OpenSessionAsync();
        var held = await ClaimOneAsync(session);
        Assert.Equal(known, held.Id);
        _ = await EnqueueAsync();
        _ = await EnqueueAsync();
        var lost = await ClaimAsync(session);
        var fresh = await EnqueueAsync();

        var again = await ClaimAgainAsync(session, held.Lease);
        Assert.Equal(
            lost.Jobs.Select(static job => job.Lease).Order(Comparer),
            again.Jobs.Where(job => job.Id != fresh).Select(static job => job.Lease).Order(Comparer));
        Assert.Contains(again.Jobs, job => job.Id == fresh);
        Assert.All(again.Jobs, static job => Assert.Equal(1, job.Attempt));
        var all = again.Jobs.Select(static job => job.Lease).Append(held.Lease).ToArray();
        Assert.Empty((await ClaimAgainAsync(session, all)).Jobs);

        // Each has one run, and it can end.
        foreach (var job in again.Jobs.Append(held))
        {
            _ = await SettleAsync(job, Settlement.Succeeded);
        }

        Assert.Equal(4, await CountAsync(JobState.Succeeded));
    }

    [Fact]
    public virtual async Task A_claim_that_asks_again_takes_nothing_from_other_sessions()
    {
        _ = await EnqueueAsync();
        var first = await OpenSessionAsync();
        var job = await ClaimOneAsync(first);
        Assert.Empty((await ClaimAgainAsync(await OpenSessionAsync())).Jobs);
        Assert.Equal(job.Lease, Assert.Single((await ClaimAgainAsync(first)).Jobs).Lease);
    }

    [Fact]
    public virtual async Task Jobs_that_wait_for_each_other_through_their_batches_are_refused()
    {
        var (one, other) = (new NewJob { Kind = Kind, Batch = "a", AfterBatch = "b" }, new NewJob
        {
            Kind = Kind,
            Batch = "b",
            AfterBatch = "a",
        });
        _ = await Assert.ThrowsAsync<ArgumentException>(
            () => DoAsync(new EnqueueOperation(one), new EnqueueOperation(other)));

        // By way of an id too: the first waits for a batch, one job of which waits for the first.
        var first = new NewJob { Kind = Kind, AfterBatch = "c" };
        var second = new NewJob { Kind = Kind, Batch = "c", DependsOn = [new JobDependency(first.Id)] };
        _ = await Assert.ThrowsAsync<ArgumentException>(
            () => DoAsync(new EnqueueOperation(first), new EnqueueOperation(second)));
        Assert.Equal(0, await CountAsync(JobState.Waiting));

        // The same without the circle runs.
        _ = await DoAsync(
            new EnqueueOperation(new NewJob { Kind = Kind, Batch = "d" }),
            new EnqueueOperation(new NewJob { Kind = Kind, Batch = "e", AfterBatch = "d" }),
            new EnqueueOperation(new NewJob { Kind = Kind, AfterBatch = "e" }));
        var session = await OpenSessionAsync();
        for (var i = 0; i < 3; i++)
        {
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }
    }

    [Fact]
    public virtual async Task A_job_that_joins_the_batch_for_which_what_it_waits_for_waits_is_refused()
    {
        var inside = new NewJob { Kind = Kind, Batch = "b" };
        var behind = new NewJob { Kind = Kind, Batch = "c", AfterBatch = "b" };
        _ = await DoAsync(new EnqueueOperation(inside), new EnqueueOperation(behind));
        await IsAsync(JobState.Waiting, behind.Id);

        // By its id, by its batch, and by way of another new one.
        var between = new NewJob { Kind = Kind, DependsOn = [new(behind.Id)] };
        NewJob[][] circles =
        [
            [new NewJob { Kind = Kind, Batch = "b", DependsOn = [new(behind.Id)] }],
            [new NewJob { Kind = Kind, Batch = "b", AfterBatch = "c" }],
            [between, new NewJob { Kind = Kind, Batch = "b", DependsOn = [new(between.Id)] }],
        ];
        foreach (var circle in circles)
        {
            var result = await CommitAsync([.. circle.Select(static job => new EnqueueOperation(job))]);
            var conflict = Assert.Single(result.Conflicts);
            Assert.Equal(
                (circle.Length - 1, ConflictKind.CircularDependency), (conflict.Operation, conflict.Kind));
            Assert.Null(await Jobs.FindJobAsync(circle[0].Id, Cancel));
        }

        // What joins and waits for nobody behind the batch runs, and then what waits.
        _ = await DoAsync(new EnqueueOperation(new NewJob { Kind = Kind, Batch = "b", DependsOn = [new(inside.Id)] }));
        var session = await OpenSessionAsync();
        for (var i = 0; i < 3; i++)
        {
            _ = await SettleAsync(await ClaimOneAsync(session), Settlement.Succeeded);
        }

        Assert.Equal(3, await CountAsync(JobState.Succeeded));
    }

    [Fact]
    public virtual async Task When_the_stores_clock_jumps_ahead_each_job_comes_again_and_is_settled_once()
    {
        var session = await OpenSessionAsync();
        _ = await EnqueueAsync();
        var first = await ClaimOneAsync(session);

        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(1));
        Assert.False((await HeartbeatAsync(session)).IsAlive);
        Assert.False((await ClaimAsync(session)).IsSessionAlive);
        _ = await MaintainAsync();
        var second = await ClaimOneAsync(await OpenSessionAsync());

        var late = await CommitAsync(new SettleOperation(first.Lease, Settlement.Succeeded));
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(late.Conflicts).Kind);
        _ = await SettleAsync(second, Settlement.Succeeded);
        await IsAsync(JobState.Succeeded, first.Id);
    }

    [Fact]
    public virtual async Task When_the_stores_clock_jumps_back_leases_end_and_jobs_become_due_all_the_same()
    {
        var session = await OpenSessionAsync();
        _ = await EnqueueAsync();
        var first = await ClaimOneAsync(session);
        _ = await EnqueueAsync(new NewJob { Kind = Kind, Delay = TimeSpan.FromSeconds(5) });

        // A day back. What was to last ten seconds lasts ten seconds of those that pass.
        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(-1));
        Assert.True((await HeartbeatAsync(session)).IsAlive);
        Clock.Advance(TimeSpan.FromSeconds(6));
        var due = await ClaimOneAsync(session);
        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await HeartbeatAsync(session)).IsAlive);

        _ = await MaintainAsync();
        var again = await ClaimAsync(await OpenSessionAsync());
        Assert.Equal(new[] { first.Id, due.Id }.Order(), again.Jobs.Select(static job => job.Id).Order());
    }

    [Fact]
    public virtual async Task A_job_that_stands_for_the_one_it_waits_for_does_not_wait()
    {
        var other = new NewJob { Kind = Kind, UniqueKey = "one" };
        var job = new NewJob { Kind = Kind, UniqueKey = "one", DependsOn = [new JobDependency(other.Id)] };
        _ = await DoAsync(new EnqueueOperation(job), new EnqueueOperation(other));
        Assert.Equal(job.Id, (await ClaimOneAsync(await OpenSessionAsync())).Id);
    }

    [Fact]
    public virtual async Task A_repeated_commit_tells_what_its_jobs_came_to()
    {
        var first = await EnqueueAsync(new NewJob { Kind = Kind, UniqueKey = "one" });
        var commit = new Commit(
            Sample.Put("cave", "here"),
            new EnqueueOperation(new NewJob { Kind = Kind }),
            new EnqueueOperation(new NewJob { Kind = Kind, UniqueKey = "one" }),
            new EnqueueOperation(new NewJob { Kind = Kind, Delay = TimeSpan.FromHours(1) }),
            JobControlOperation.Pause(NewJob.DefaultQueue))
        {
            Identity = new CommitIdentity(Guid.CreateVersion7(Clock.GetUtcNow()), 1),
        };
        var done = await Jobs.CommitAsync(commit, Cancel);
        var again = await Jobs.CommitAsync(commit, Cancel);

        Assert.True(again.IsReplay);
        Assert.Equal(first, done.Jobs[1].Job);
        Assert.Equal(
            [JobEffect.Enqueued, JobEffect.Existing, JobEffect.Enqueued, JobEffect.Changed],
            done.Jobs.Select(static one => one.Effect));
        Assert.Equal(done.Jobs, again.Jobs);
    }

    private static Comparer<JobLease> Comparer { get; } =
        Comparer<JobLease>.Create(static (left, right) => left.Job.CompareTo(right.Job));

    private async Task<ClaimResult> ClaimAgainAsync(SessionId session, params JobLease[] held) =>
        await Jobs.ClaimAsync(
            session,
            new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = 100, Held = held },
            Cancel);
}
