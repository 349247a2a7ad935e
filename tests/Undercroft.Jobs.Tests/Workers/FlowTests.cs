namespace Undercroft.Jobs.Tests;

public sealed class FlowTests : JobsFixture
{
    private readonly List<int> done = [];

    [Fact]
    public async Task A_chain_runs_in_order()
    {
        var flow = new JobFlow();
        _ = flow.AddChain(Kinds.Mail, Enumerable.Range(0, 5).Select(static i => new Sent("x", i)));
        await flow.EnqueueAsync(Storage, Token);
        await using var worker = Recorder();

        Assert.Equal(5, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal([0, 1, 2, 3, 4], done);
    }

    [Fact]
    public async Task The_last_of_a_diamond_waits_for_both_sides()
    {
        var flow = new JobFlow();
        var top = flow.Add(Kinds.Mail, new Sent("x", 1));
        var left = flow.Add(Kinds.Mail, new Sent("x", 2), [top], options: new JobOptions { Priority = 9 });
        var right = flow.Add(Kinds.Mail, new Sent("x", 3), [top]);
        _ = flow.Add(Kinds.Mail, new Sent("x", 4), [left, right], options: new JobOptions { Priority = -9 });
        await flow.EnqueueAsync(Storage, Token);
        await using var worker = Recorder();

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal([1, 3, 2, 4], done);
    }

    [Theory]
    [InlineData(DependencyPolicy.Cancel, JobState.Cancelled)]
    [InlineData(DependencyPolicy.Fail, JobState.Dead)]
    [InlineData(DependencyPolicy.Ignore, JobState.Succeeded)]
    public async Task What_waits_for_a_job_that_dies_ends_as_its_policy_says(DependencyPolicy policy, JobState expected)
    {
        var flow = new JobFlow();
        var bad = flow.Add(Kinds.Mail, new Sent("x", -1));
        var second = flow.Add(Kinds.Mail, new Sent("x", 2), [bad], policy);
        await flow.EnqueueAsync(Storage, Token);
        await using var worker = Recorder();

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(JobState.Dead, await StateAsync(bad));
        Assert.Equal(expected, await StateAsync(second));
    }

    [Fact]
    public async Task What_follows_a_batch_runs_when_all_of_it_has_ended()
    {
        _ = await Mails.EnqueueManyAsync(
            Enumerable.Range(0, 10).Select(static i => new Sent("x", i)), new JobOptions { Batch = "b1" }, Token);
        _ = await Mails.EnqueueAsync(
            new Sent("x", 99), new JobOptions { AfterBatch = "b1", Priority = -5 }, Token);
        await using var worker = Recorder();

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(11, done.Count);
        Assert.Equal(99, done[^1]);
        Assert.Equal((10, 0, 10), await BatchAsync());
    }

    [Fact]
    public void A_chain_of_nothing_is_refused() =>
        Assert.Throws<ArgumentException>(() => new JobFlow().AddChain(Kinds.Mail, []));

    private async Task<(long Total, long Pending, long Succeeded)> BatchAsync()
    {
        var batch = await Storage.Jobs.FindBatchAsync("b1", Token);
        return (batch!.Total, batch.Pending, batch.Succeeded);
    }

    private JobWorker Recorder() => Worker((mail, _, _) =>
    {
        if (mail.Number < 0)
        {
            throw new JobPermanentException("no");
        }

        done.Add(mail.Number);
        return ValueTask.CompletedTask;
    });
}
