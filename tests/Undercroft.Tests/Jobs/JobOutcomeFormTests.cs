using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

/// <summary>The form in which a store keeps what the job operations of a commit came to.</summary>
public sealed class JobOutcomeFormTests
{
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
