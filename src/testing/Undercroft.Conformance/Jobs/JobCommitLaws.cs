using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>Jobs and documents stand or fall together.</summary>
public abstract class JobCommitLaws : JobLaws
{
    [Fact]
    public virtual async Task A_job_of_a_refused_commit_does_not_exist()
    {
        _ = await DoAsync(Sample.Put("cave", "here"));
        var job = new NewJob { Kind = Kind };
        var result = await CommitAsync(
            Sample.Put("cave", "again", WriteCondition.Absent), new EnqueueOperation(job));

        Assert.False(result.IsCommitted);
        Assert.Null(await Jobs.FindJobAsync(job.Id, Cancel));
        Assert.Empty((await ClaimAsync(await OpenSessionAsync())).Jobs);
    }

    [Fact]
    public virtual async Task A_job_and_a_document_of_one_commit_are_both_there()
    {
        var job = new NewJob { Kind = Kind, Payload = "payload"u8.ToArray() };
        var outcomes = await DoAsync(Sample.Put("cave", "here"), new EnqueueOperation(job));

        Assert.Equal(new JobOutcome(job.Id, JobEffect.Enqueued, JobState.Ready), Assert.Single(outcomes));
        Assert.NotNull((await Store.ReadAsync(Sample.Key("cave"), default, Cancel))[0]);
        var claimed = await ClaimOneAsync(await OpenSessionAsync());
        Assert.Equal("payload"u8.ToArray(), claimed.Payload.ToArray());
        Assert.Equal((job.Id, 1), (claimed.Id, claimed.Attempt));
    }

    [Fact]
    public virtual async Task A_stale_settlement_refuses_the_documents_beside_it()
    {
        _ = await EnqueueAsync();
        var slow = await OpenSessionAsync();
        var late = await ClaimOneAsync(slow);
        Clock.Advance(JobLimits.DefaultLease);
        _ = await MaintainAsync();
        var quick = await ClaimOneAsync(await OpenSessionAsync());
        Assert.Equal(late.Id, quick.Id);
        Assert.True(quick.Lease.Fence > late.Lease.Fence);

        var result = await CommitAsync(
            Sample.Put("paid", "twice"), new SettleOperation(late.Lease, Settlement.Succeeded));

        Assert.Equal(ConflictKind.StaleLease, Assert.Single(result.Conflicts).Kind);
        Assert.Equal(1, result.Conflicts[0].Operation);
        Assert.Null((await Store.ReadAsync(Sample.Key("paid"), default, Cancel))[0]);
        await IsAsync(JobState.Running, late.Id);
        _ = await DoAsync(Sample.Put("paid", "once"), new SettleOperation(quick.Lease, Settlement.Succeeded));
        await IsAsync(JobState.Succeeded, late.Id);
    }

    [Fact]
    public virtual async Task A_settlement_of_a_refused_commit_has_not_happened()
    {
        _ = await DoAsync(Sample.Put("cave", "here"));
        _ = await EnqueueAsync();
        var job = await ClaimOneAsync(await OpenSessionAsync());

        var result = await CommitAsync(
            Sample.Put("cave", "again", WriteCondition.Absent), new SettleOperation(job.Lease, Settlement.Succeeded));

        Assert.Equal(ConflictKind.Condition, Assert.Single(result.Conflicts).Kind);
        await IsAsync(JobState.Running, job.Id);
        _ = await SettleAsync(job, Settlement.Succeeded);
    }

    [Fact]
    public virtual async Task Each_part_of_a_runs_identity_counts()
    {
        _ = await EnqueueAsync();
        var job = await ClaimOneAsync(await OpenSessionAsync());
        foreach (var wrong in new[]
        {
            job.Lease with { Fence = job.Lease.Fence + 1 },
            job.Lease with { Fence = job.Lease.Fence - 1 },
            job.Lease with { Session = SessionId.New() },
            job.Lease with { Job = JobId.New() },
        })
        {
            var result = await CommitAsync(new SettleOperation(wrong, Settlement.Succeeded));
            Assert.Equal(ConflictKind.StaleLease, Assert.Single(result.Conflicts).Kind);
        }

        _ = await SettleAsync(job, Settlement.Succeeded);
        var again = await CommitAsync(new SettleOperation(job.Lease, Settlement.Succeeded));
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(again.Conflicts).Kind);
    }

    [Fact]
    public virtual async Task A_fence_never_comes_twice_not_even_after_snoozes_releases_and_requeues()
    {
        var id = await EnqueueAsync();
        var session = await OpenSessionAsync();
        var last = 0L;
        foreach (var settlement in new[]
        {
            Settlement.Released, Settlement.Snooze(TimeSpan.Zero), Settlement.Retry(TimeSpan.Zero, "no"),
            Settlement.Fail("no"), Settlement.Succeeded, Settlement.Succeeded,
        })
        {
            if ((await FindAsync(id)).FinishedAt is not null)
            {
                _ = await DoAsync(JobControlOperation.Requeue(id));
            }

            var job = await ClaimOneAsync(session);
            Assert.True(job.Lease.Fence > last, $"The fence {job.Lease.Fence} is not above {last}.");
            last = job.Lease.Fence;
            _ = await SettleAsync(job, settlement);
        }
    }

    [Fact]
    public virtual async Task A_repeated_commit_with_an_identity_enqueues_once()
    {
        var commit = new Commit(new EnqueueOperation(new NewJob { Kind = Kind }), Sample.Put("cave", "here"))
        {
            Identity = new CommitIdentity(Guid.CreateVersion7(Clock.GetUtcNow()), 1),
        };
        var first = await Jobs.CommitAsync(commit, Cancel);
        var second = await Jobs.CommitAsync(commit, Cancel);

        Assert.True(second.IsReplay);
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(1, await CountAsync(JobState.Ready));
    }

    [Fact]
    public virtual async Task A_job_enqueued_again_under_its_id_is_the_one_there_is()
    {
        var job = new NewJob { Kind = Kind };
        _ = await EnqueueAsync(job);
        Assert.Equal(JobEffect.Existing, (await DoAsync(new EnqueueOperation(job)))[0].Effect);
        Assert.Equal(1, await CountAsync(JobState.Ready));
    }

    [Fact]
    public virtual async Task A_commit_that_addresses_a_job_twice_is_refused()
    {
        var id = await EnqueueAsync();
        _ = await Assert.ThrowsAsync<ArgumentException>(
            () => DoAsync(JobControlOperation.Cancel(id), JobControlOperation.RunNow(id)));
        await IsAsync(JobState.Ready, id);
    }

    [Fact]
    public virtual async Task What_no_job_can_be_is_refused_before_anything_is_written()
    {
        foreach (var wrong in new[]
        {
            new NewJob { Kind = "" },
            new NewJob { Kind = Kind, Queue = new string('q', 200) },
            new NewJob { Kind = Kind, Delay = TimeSpan.FromTicks(-1) },
            new NewJob { Kind = Kind, Delay = TimeSpan.MaxValue },
            new NewJob { Kind = Kind, AttemptsMax = 0 },
            new NewJob { Kind = Kind, ConcurrencyKey = "a\0b" },
            new NewJob { Kind = Kind, RateLimit = new RateLimit("r", 0, TimeSpan.FromSeconds(1)) },
        })
        {
            _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                () => DoAsync(Sample.Put("cave", "here"), new EnqueueOperation(wrong)));
        }

        var session = SessionId.New();
        foreach (var lease in new[] { TimeSpan.Zero, TimeSpan.MaxValue })
        {
            _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                () => HeartbeatAsync(session, SessionUpdateKind.Open, lease));
        }

        Assert.Null((await Store.ReadAsync(Sample.Key("cave"), default, Cancel))[0]);
    }
}
