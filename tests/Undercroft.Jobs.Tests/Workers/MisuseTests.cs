namespace Undercroft.Jobs.Tests;

/// <summary>What is used wrongly says so, at once and in one sentence.</summary>
public sealed class MisuseTests : JobsFixture
{
    private static ValueTask Nothing(Sent mail, JobContext context, CancellationToken cancellationToken) => default;

    [Fact]
    public async Task A_payload_of_null_is_refused_where_it_is_enqueued()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Mails.EnqueueAsync(null!, cancellationToken: Token));
        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Mails.EnqueueManyAsync([new Sent("Ann"), null!], cancellationToken: Token));
        _ = Assert.Throws<ArgumentException>(() => new JobFlow().Add(Kinds.Mail, null!));

        Assert.Contains(
            "A job of kind 'mail' cannot be enqueued with the payload null", error.Message, StringComparison.Ordinal);
        Assert.Empty(await Storage.Jobs.ListQueuesAsync(Token));
    }

    [Fact]
    public async Task What_cannot_hold_together_is_refused_where_it_is_enqueued()
    {
        var key = new NewJob { Kind = "mail" };
        (NewJob Job, string Expected)[] wrong =
        [
            (key with { Batch = "" }, "The batch is empty"),
            (key with { AfterBatch = "" }, "The batch to wait for is empty"),
            (key with { UniqueFor = TimeSpan.FromHours(1) }, "A job holds a unique key for 01:00:00, but has none."),
            (key with { DueAt = DateTimeOffset.MaxValue }, "A job must be due by the end of the year 2499; found"),
            (key with { DueAt = Clock.GetUtcNow(), Delay = TimeSpan.FromHours(1) },
                "A job is due after a delay or at a time, not both; found 01:00:00 and"),
            (key with { AttemptsMax = 0 }, "The attempts of a job must be 1 at least; found 0."),
            (key with { ConcurrencyLimit = 0 }, "The concurrency limit of a job must be 1 at least; found 0."),
        ];
        foreach (var (job, expected) in wrong)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(
                async () => await Storage.Jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Token));

            Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        }

        _ = await Storage.Jobs.CommitAsync(
            new Commit(new EnqueueOperation(key with { DueAt = JobLimits.DueAtMax })), Token);
        Assert.Equal(1, Assert.Single(await Storage.Jobs.ListQueuesAsync(Token)).Counts.Sum());
    }

    [Fact]
    public async Task A_run_that_took_too_long_leaves_one_sentence()
    {
        await using var worker = Worker(
            async (_, _, cancellationToken) =>
            {
                Clock.Advance(TimeSpan.FromSeconds(2));
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            },
            new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.Zero, 1) });
        var job = await Mails.EnqueueAsync(
            new Sent("Ann"), new JobOptions { Timeout = TimeSpan.FromSeconds(1) }, Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(
            "The run took longer than its timeout of 0:00:01.", Assert.Single((await InfoAsync(job)).Errors).Message);
    }

    [Fact]
    public async Task A_kept_step_that_cannot_be_read_is_not_tried_again()
    {
        var runs = 0;
        await using var worker = Worker(
            async (_, context, _) =>
            {
                runs++;
                if (context.Attempt == 1)
                {
                    _ = await context.StepAsync(
                        "count", TestJson.Default.String, static _ => ValueTask.FromResult("many"));
                    throw new InvalidOperationException("once more");
                }

                _ = await context.StepAsync("count", TestJson.Default.Int32, static _ => ValueTask.FromResult(1));
            },
            new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.Zero, 5) });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        var info = await InfoAsync(job);
        Assert.Equal((2, JobState.Dead), (runs, info.State));
        Assert.StartsWith(
            "What the step 'count' of a job of kind 'mail' came to cannot be read as Int32:",
            info.Errors[^1].Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_says_whether_it_was_started_stopped_or_disposed_of()
    {
        await using var worker = Worker(Nothing);
        await worker.StartAsync(Token);
        var started = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await worker.RunPendingAsync(cancellationToken: Token));
        await worker.StopAsync(Token);
        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await worker.RunPendingAsync(cancellationToken: Token));
        await worker.DisposeAsync();

        Assert.Equal("The worker was started: it runs what is pending by itself.", started.Message);
        Assert.Equal("The worker was stopped. Make another one.", stopped.Message);
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await worker.RunPendingAsync(cancellationToken: Token));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await worker.StartAsync(Token));
    }

    [Fact]
    public async Task A_worker_can_be_disposed_of_after_its_storage()
    {
        var storage = new Storage(new MemoryStore());
        var worker = new JobWorker(storage, new JobHandlers().Add(Kinds.Mail, Nothing));
        await worker.StartAsync(Token);

        await storage.DisposeAsync();

        await worker.DisposeAsync();
        await worker.DisposeAsync();
        Assert.False(worker.Status.IsStarted);
    }

    [Fact]
    public async Task What_waits_for_a_rate_limit_does_not_keep_a_worker_from_the_rest()
    {
        var done = new List<string>();
        await using var worker = Worker((mail, _, _) =>
        {
            done.Add(mail.To);
            return ValueTask.CompletedTask;
        });
        var limited = new JobOptions { RateLimit = new RateLimit("slow", 1, TimeSpan.FromMinutes(1)), Priority = -1 };
        for (var i = 0; i < 200; i++)
        {
            _ = await Mails.EnqueueAsync(new Sent("slow"), limited, Token);
        }

        _ = await Mails.EnqueueAsync(new Sent("free"), cancellationToken: Token);

        Assert.Equal(2, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.Equal(["slow", "free"], done);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
    }
}
