using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

/// <summary>A commit repeated under its identity tells again what its job operations came to.</summary>
public sealed class JobReplayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_commit_tells_the_same_outcomes(bool asRecords)
    {
        await using var store = new MemoryStore();
        var jobs = JobStore.For(store, asRecords: asRecords);
        var first = new NewJob { Kind = "work", UniqueKey = "one" };
        Assert.True((await jobs.CommitAsync(new Commit(new EnqueueOperation(first)), Cancel)).IsCommitted);
        var commit = new Commit(
            new PutOperation(new RecordKey("notes", "a"), "x"u8.ToArray()),
            new EnqueueOperation(new NewJob { Kind = "work" }),
            new EnqueueOperation(new NewJob { Kind = "work" }),
            new EnqueueOperation(new NewJob { Kind = "work", UniqueKey = "one" }),
            new EnqueueOperation(new NewJob { Kind = "work", Delay = TimeSpan.FromHours(1) }),
            JobControlOperation.Pause("default"))
        {
            Identity = new CommitIdentity(Guid.CreateVersion7(), 1),
        };

        var done = await jobs.CommitAsync(commit, Cancel);
        var again = await jobs.CommitAsync(commit, Cancel);

        Assert.True(again.IsReplay);
        Assert.Equal(
            [
                JobEffect.Enqueued, JobEffect.Enqueued, JobEffect.Existing, JobEffect.Enqueued, JobEffect.Changed,
            ],
            done.Jobs.Select(static one => one.Effect));
        Assert.Equal(first.Id, done.Jobs[2].Job);
        Assert.Equal(done.Jobs, again.Jobs);
    }

    [Fact]
    public void What_many_came_to_is_kept_once()
    {
        var commit = new Commit(
            [.. Enumerable.Range(0, 100).Select(static _ => new EnqueueOperation(new NewJob { Kind = "work" }))]);
        var outcomes = commit.Operations.Cast<EnqueueOperation>()
            .Select(static one => new JobOutcome(one.Job, JobEffect.Enqueued, JobState.Ready)).ToList();

        var form = JobOutcomeForm.Write(outcomes, commit);

        Assert.InRange(form.Length, 1, 8);
        Assert.Equal(outcomes, JobOutcomeForm.Read(form, commit));
        _ = Assert.Throws<InvalidDataException>(
            () => JobOutcomeForm.Read(form, new Commit(commit.Operations.Take(99).ToList())));
    }
}
