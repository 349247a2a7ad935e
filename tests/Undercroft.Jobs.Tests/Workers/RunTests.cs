using System.Text;
using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>How a run ends: run by run, on a clock moved by hand.</summary>
public sealed class RunTests : JobsFixture
{
    [Fact]
    public async Task A_handler_gets_its_payload_and_its_run_and_leaves_a_result()
    {
        var seen = new List<(Sent, int, string, string)>();
        await using var worker = Worker((mail, context, _) =>
        {
            seen.Add((mail, context.Attempt, context.Kind, context.Queue));
            context.SetResult(7, TestJson.Default.Int32);
            return ValueTask.CompletedTask;
        });
        var job = await Mails.EnqueueAsync(new Sent("Ann", 3), cancellationToken: Token);

        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal([(new Sent("Ann", 3), 1, "mail", "default")], seen);
        var info = await InfoAsync(job);
        Assert.Equal((JobState.Succeeded, "7"), (info.State, Encoding.UTF8.GetString(info.Result.Span)));
    }

    [Fact]
    public async Task A_job_that_fails_runs_again_after_its_delay_and_is_dead_after_its_attempts()
    {
        await using var worker = Worker(
            (_, context, _) => throw new InvalidOperationException($"attempt {context.Attempt}"),
            new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.FromSeconds(10), 2) });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.Equal(JobState.Scheduled, await StateAsync(job));
        Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));

        var info = await InfoAsync(job);
        Assert.Equal((JobState.Dead, 2), (info.State, info.Attempt));
        Assert.Equal([1, 2], info.Errors.Select(static error => error.Attempt));
        Assert.Contains("attempt 2", info.Errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_jobs_own_limit_of_attempts_counts_too()
    {
        await using var worker = Worker((_, _, _) => throw new InvalidOperationException("no"));
        var job = await Mails.EnqueueAsync(new Sent("Ann"), new JobOptions { AttemptsMax = 1 }, Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(JobState.Dead, await StateAsync(job));
    }

    [Fact]
    public async Task A_permanent_failure_is_dead_at_once_and_can_be_requeued()
    {
        var isBroken = true;
        await using var worker = Worker((_, _, _) =>
            isBroken ? throw new JobPermanentException("The address is wrong.") : ValueTask.CompletedTask);
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);
        _ = await worker.RunPendingAsync(cancellationToken: Token);
        var dead = await InfoAsync(job);

        isBroken = false;
        _ = await ControlAsync(JobControlOperation.Requeue(job));
        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal((JobState.Dead, "The address is wrong."), (dead.State, dead.Errors[^1].Message));
        Assert.Equal(JobState.Succeeded, await StateAsync(job));
    }

    [Fact]
    public async Task A_handler_can_name_the_delay()
    {
        await using var worker = Worker(
            (_, _, _) => throw new JobRetryException(TimeSpan.FromMinutes(7), "The server says: later."));
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(Clock.GetUtcNow().AddMinutes(7), (await InfoAsync(job)).DueAt, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_snoozed_job_comes_back_and_its_attempt_does_not_count()
    {
        var attempts = new List<(int, int)>();
        await using var worker = Worker((_, context, _) =>
        {
            attempts.Add((context.Attempt, context.Snoozes));
            if (context.Snoozes < 2)
            {
                context.Snooze(TimeSpan.FromSeconds(5));
            }

            return ValueTask.CompletedTask;
        });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
            Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal([(1, 0), (1, 1), (1, 2)], attempts);
        Assert.Equal(JobState.Succeeded, await StateAsync(job));
    }

    [Fact]
    public async Task A_payload_that_cannot_be_read_is_a_dead_letter_with_its_bytes()
    {
        await using var worker = Worker((_, _, _) => ValueTask.CompletedTask);
        var job = new NewJob { Kind = "mail", Payload = "{\"to\":"u8.ToArray() };
        _ = await Storage.Jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        var info = await InfoAsync(job.Id);
        Assert.Equal((JobState.Dead, 1), (info.State, info.Attempt));
        Assert.Equal("{\"to\":", Encoding.UTF8.GetString(info.Payload.Span));
        Assert.Contains("cannot be read as Sent", info.Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_of_a_kind_nobody_here_knows_stay_for_those_who_do()
    {
        await using var worker = Worker((_, _, _) => ValueTask.CompletedTask);
        var job = new NewJob { Kind = "other", Payload = "{}"u8.ToArray() };
        _ = await Storage.Jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Token);

        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal(JobState.Ready, await StateAsync(job.Id));
    }

    [Fact]
    public async Task A_policy_that_throws_ends_the_job_and_not_the_worker()
    {
        await using var worker = Worker(
            (_, _, _) => throw new InvalidOperationException("no"),
            new JobHandlerOptions { Retry = RetryPolicy.Custom(5, static _ => throw new FormatException("broken")) });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal(JobState.Dead, await StateAsync(job));
    }

    [Fact]
    public async Task Steps_that_were_kept_are_not_done_again()
    {
        var done = new List<string>();
        await using var worker = Worker(
            async (_, context, _) =>
            {
                var first = await context.StepAsync("reserve", TestJson.Default.Int32, _ =>
                {
                    done.Add("reserve");
                    return ValueTask.FromResult(42);
                });
                var second = await context.StepTransactionAsync("book", TestJson.Default.String, async transaction =>
                {
                    done.Add("book");
                    _ = await transaction.Repository(Kinds.Ledger)
                        .CreateAsync($"b{first}", new Sent("b", first), cancellationToken: Token);
                    return $"b{first}";
                });
                if (context.Attempt == 1)
                {
                    throw new InvalidOperationException("after the steps");
                }

                done.Add($"end {first} {second}");
            },
            new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.Zero, 3) });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);
        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(["reserve", "book", "end 42 b42"], done);
        Assert.Equal(JobState.Succeeded, await StateAsync(job));
    }

    [Fact]
    public async Task A_transaction_writes_documents_and_ends_the_job_in_one_commit()
    {
        await using var worker = Worker(async (mail, context, _) =>
        {
            context.SetResult("sent"u8.ToArray());
            await context.TransactionAsync(async transaction =>
                await transaction.Repository(Kinds.Ledger)
                    .CreateAsync(context.Id.ToString(), mail, cancellationToken: Token));
            throw new InvalidOperationException("What comes after the end does not undo it.");
        });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        var info = await InfoAsync(job);
        Assert.Equal((JobState.Succeeded, "sent"), (info.State, Encoding.UTF8.GetString(info.Result.Span)));
        var document = await Storage.Repository(Kinds.Ledger).GetAsync(job.ToString(), Token);
        Assert.Equal(new Sent("Ann"), document?.Value);
    }

    [Fact]
    public async Task A_run_that_has_lost_its_lease_writes_nothing()
    {
        var runs = 0;
        var errors = new List<Exception>();
        async ValueTask Handle(Sent mail, JobContext context, CancellationToken _)
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                // While the first run sleeps, its session ends, and another worker does the job.
                Clock.Advance(TimeSpan.FromMinutes(1));
                await using var other = Worker(Handle);
                Assert.Equal(1, await other.RunPendingAsync(cancellationToken: Token));
            }

            try
            {
                await context.TransactionAsync(async transaction =>
                    await transaction.Repository(Kinds.Ledger)
                        .CreateAsync($"{context.Lease.Fence}", mail, cancellationToken: Token));
            }
            catch (StoreException error)
            {
                errors.Add(error);
                throw;
            }
        }

        // Its own clock stands, as that of a process that was stopped.
        await using var worker = Worker(Handle, configure: static options => options.Clock = new ManualClock());
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(2, runs);
        _ = Assert.IsType<StaleLeaseException>(Assert.Single(errors));
        var ledger = await Storage.Repository(Kinds.Ledger).Query().ToPageAsync(Token);
        Assert.Equal(["2"], ledger.Items.Select(static document => document.Id));
        Assert.Equal(JobState.Succeeded, await StateAsync(job));
    }

    [Fact]
    public async Task A_job_enqueued_in_a_transaction_that_fails_does_not_exist()
    {
        await using var worker = Worker((_, _, _) => ValueTask.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Storage.TransactionAsync(
            async transaction =>
            {
                _ = await transaction.Queue(Kinds.Mail).EnqueueAsync(new Sent("Ann"), cancellationToken: Token);
                throw new InvalidOperationException("no");
            },
            cancellationToken: Token));

        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task So_many_and_no_more_are_run_where_a_number_is_named()
    {
        await using var worker = Worker((_, _, _) => ValueTask.CompletedTask);
        _ = await Mails.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static i => new Sent("x", i)), null, Token);

        Assert.Equal(2, await worker.RunPendingAsync(2, Token));
        Assert.Equal(3, await worker.RunPendingAsync(cancellationToken: Token));
    }
}
