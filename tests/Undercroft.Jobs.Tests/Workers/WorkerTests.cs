using System.Collections.Concurrent;

namespace Undercroft.Jobs.Tests;

/// <summary>Started workers, on the system's clock: the tests wait for what happens, never for a time.</summary>
public sealed class WorkerTests : JobsFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private static void Fast(JobsOptions options)
    {
        options.Clock = TimeProvider.System;
        options.Lease = TimeSpan.FromMinutes(5);
        options.PollInterval = Soon;
        options.MaintenanceInterval = Soon;
    }

    [Fact]
    public async Task A_started_worker_runs_what_is_there_and_what_comes()
    {
        var done = new ConcurrentQueue<int>();
        await using var worker = Worker(
            (mail, _, _) =>
            {
                done.Enqueue(mail.Number);
                return ValueTask.CompletedTask;
            },
            configure: Fast);
        var first = await Mails.EnqueueAsync(new Sent("a", 1), cancellationToken: Token);

        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(() => done.Count == 1);
        var second = await Mails.EnqueueAsync(new Sent("a", 2), cancellationToken: Token);
        await Eventually.HoldsAsync(async () =>
            await StateAsync(first) == JobState.Succeeded && await StateAsync(second) == JobState.Succeeded);

        Assert.Equal([1, 2], done);
        await worker.StopAsync(Token);
        Assert.Empty(await Storage.Jobs.ListSessionsAsync(Token));
    }

    [Fact]
    public async Task Work_wakes_an_idle_worker_without_a_poll()
    {
        var done = new TaskCompletionSource();
        await using var worker = Worker(
            (_, _, _) =>
            {
                done.SetResult();
                return ValueTask.CompletedTask;
            },
            configure: options =>
            {
                Fast(options);
                options.PollInterval = TimeSpan.FromHours(1);
            });
        await worker.StartAsync(Token);

        _ = await Mails.EnqueueAsync(new Sent("a"), cancellationToken: Token);

        await done.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
    }

    [Fact]
    public async Task A_queue_runs_as_many_at_once_as_it_may_and_no_more()
    {
        var running = 0;
        var most = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = Worker(
            async (_, _, _) =>
            {
                var now = Interlocked.Increment(ref running);
                _ = InterlockedMax(ref most, now);
                await gate.Task;
                _ = Interlocked.Decrement(ref running);
            },
            configure: options =>
            {
                Fast(options);
                options.Queues["default"] = new JobQueueOptions { Concurrency = 3, Prefetch = 2 };
            });
        var jobs = await Mails.EnqueueManyAsync(
            Enumerable.Range(0, 12).Select(static i => new Sent("x", i)), null, Token);

        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(async () => await RunningAsync() == 5 && Volatile.Read(ref running) == 3);
        gate.SetResult();
        await AllEndAsync(jobs);

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_stop_gives_back_what_has_not_begun_and_waits_for_what_runs()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = Worker(
            async (_, _, _) =>
            {
                _ = began.TrySetResult();
                await gate.Task;
            },
            configure: options =>
            {
                Fast(options);
                options.Queues["default"] = new JobQueueOptions { Concurrency = 1, Prefetch = 3 };
            });
        var jobs = await Mails.EnqueueManyAsync(
            Enumerable.Range(0, 4).Select(static i => new Sent("x", i)), null, Token);
        await worker.StartAsync(Token);
        await began.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
        await Eventually.HoldsAsync(async () => await RunningAsync() == 4);

        var stop = worker.StopAsync(Token).AsTask();
        await Eventually.HoldsAsync(async () => await RunningAsync() == 1);
        Assert.False(stop.IsCompleted);
        gate.SetResult();
        await stop;

        Assert.Equal(JobState.Succeeded, await StateAsync(jobs[0]));
        foreach (var job in jobs.Skip(1))
        {
            var info = await InfoAsync(job);
            Assert.Equal((JobState.Ready, 0), (info.State, info.Attempt));
        }
    }

    [Fact]
    public async Task What_runs_too_long_at_a_stop_is_cancelled_and_goes_back_without_an_attempt()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reason = JobCancelReason.None;
        await using var worker = Worker(
            async (_, context, cancellationToken) =>
            {
                began.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                }
                finally
                {
                    reason = context.CancelReason;
                }
            },
            configure: options =>
            {
                Fast(options);
                options.DrainTimeout = TimeSpan.Zero;
            });
        var job = await Mails.EnqueueAsync(new Sent("a"), cancellationToken: Token);
        await worker.StartAsync(Token);
        await began.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);

        await worker.StopAsync(Token);

        var info = await InfoAsync(job);
        Assert.Equal((JobState.Ready, 0, JobCancelReason.Stopping), (info.State, info.Attempt, reason));
    }

    [Fact]
    public async Task A_job_that_takes_longer_than_its_timeout_is_cancelled_and_tried_again()
    {
        await using var worker = Worker(
            async (_, _, cancellationToken) =>
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken),
            new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.FromDays(1), 3) },
            Fast);
        var job = await Mails.EnqueueAsync(
            new Sent("a"), new JobOptions { Timeout = TimeSpan.FromMilliseconds(30) }, Token);

        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(async () => await StateAsync(job) == JobState.Scheduled);

        Assert.Contains("longer than its timeout", (await InfoAsync(job)).Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_heeds_nothing_is_given_up_and_its_place_used()
    {
        var gate = new ManualResetEventSlim();
        await using var worker = Worker(
            (mail, _, _) =>
            {
                if (mail.Number == 1)
                {
                    gate.Wait(CancellationToken.None);
                }

                return ValueTask.CompletedTask;
            },
            new JobHandlerOptions { Retry = RetryPolicy.None, Timeout = TimeSpan.FromMilliseconds(30) },
            options =>
            {
                Fast(options);
                options.AbandonAfter = Soon;
                options.Queues["default"] = new JobQueueOptions { Concurrency = 1 };
            });
        var stuck = await Mails.EnqueueAsync(new Sent("a", 1), cancellationToken: Token);
        var next = await Mails.EnqueueAsync(new Sent("a", 2), cancellationToken: Token);

        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(async () =>
            await StateAsync(stuck) == JobState.Dead && await StateAsync(next) == JobState.Succeeded);

        gate.Set();
    }

    [Fact]
    public async Task A_running_job_is_cancelled_when_somebody_asks()
    {
        var reason = JobCancelReason.None;
        await using var worker = Worker(
            async (_, context, cancellationToken) =>
            {
                try
                {
                    while (true)
                    {
                        // What a run says makes the worker speak to the store soon, and hear of the request.
                        context.ReportProgress(0.25, "quarter");
                        await Task.Delay(Soon, TimeProvider.System, cancellationToken);
                    }
                }
                finally
                {
                    reason = context.CancelReason;
                }
            },
            configure: Fast);
        var job = await Mails.EnqueueAsync(new Sent("a"), cancellationToken: Token);
        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(async () => (await InfoAsync(job)).Progress > 0);
        var told = await InfoAsync(job);

        _ = await ControlAsync(JobControlOperation.Cancel(job));
        await Eventually.HoldsAsync(async () => await StateAsync(job) == JobState.Cancelled);

        Assert.Equal((0.25, "quarter", JobCancelReason.Requested), (told.Progress, told.ProgressText, reason));
    }

    [Fact]
    public async Task Jobs_of_one_key_run_one_after_the_other_in_the_order_they_came()
    {
        var running = 0;
        var order = new ConcurrentQueue<int>();
        var overlaps = 0;
        await using var worker = Worker(
            async (mail, _, _) =>
            {
                if (Interlocked.Increment(ref running) > 1)
                {
                    _ = Interlocked.Increment(ref overlaps);
                }

                order.Enqueue(mail.Number);
                await Task.Yield();
                _ = Interlocked.Decrement(ref running);
            },
            configure: Fast);
        var jobs = new List<JobId>();
        for (var i = 0; i < 40; i++)
        {
            jobs.Add(await Mails.EnqueueAsync(new Sent("x", i), new JobOptions { ConcurrencyKey = "account" }, Token));
        }

        await worker.StartAsync(Token);
        await AllEndAsync(jobs);

        Assert.Equal(0, overlaps);
        Assert.Equal(Enumerable.Range(0, 40), order);
    }

    [Fact]
    public async Task Many_workers_do_each_job_once()
    {
        var counts = new ConcurrentDictionary<int, int>();
        var workers = Enumerable.Range(0, 4)
            .Select(_ => Worker(
                (mail, _, _) =>
                {
                    _ = counts.AddOrUpdate(mail.Number, 1, static (_, count) => count + 1);
                    return ValueTask.CompletedTask;
                },
                configure: Fast))
            .ToList();
        foreach (var worker in workers)
        {
            await worker.StartAsync(Token);
        }

        var jobs = await Mails.EnqueueManyAsync(
            Enumerable.Range(0, 500).Select(static i => new Sent("x", i)), null, Token);
        await AllEndAsync(jobs);

        Assert.Equal(500, counts.Count);
        Assert.All(counts.Values, static count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Handlers_that_block_their_threads_do_not_keep_the_worker_from_its_signs_of_life()
    {
        using var gate = new ManualResetEventSlim();
        JobContext? run = null;
        await using var worker = Worker(
            (_, context, _) =>
            {
                run = context;
                gate.Wait(CancellationToken.None);
                return ValueTask.CompletedTask;
            },
            configure: options =>
            {
                Fast(options);
                options.Queues["default"] = new JobQueueOptions { Concurrency = 64 };
            });
        var jobs = await Mails.EnqueueManyAsync(
            Enumerable.Range(0, 64).Select(static i => new Sent("x", i)), null, Token);
        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(() => worker.Status.Running == 64 && run is not null);
        var session = worker.Status.Session;
        var first = Assert.Single(await Storage.Jobs.ListSessionsAsync(Token)).ExpiresAt;

        // The store's clock stands; a renewal shows by what the hand moves it on.
        Clock.Advance(TimeSpan.FromSeconds(1));
        run!.ReportProgress(0.5);
        await Eventually.HoldsAsync(async () =>
            Assert.Single(await Storage.Jobs.ListSessionsAsync(Token)).ExpiresAt > first);
        gate.Set();
        await AllEndAsync(jobs);

        Assert.Equal(session, worker.Status.Session);
    }

    private async Task<int> RunningAsync() => (int)(await Storage.Jobs.ListQueuesAsync(Token))
        .Sum(static queue => queue[JobState.Running]);

    private async Task AllEndAsync(IReadOnlyList<JobId> jobs) => await Eventually.HoldsAsync(async () =>
        (await Storage.Jobs.ListQueuesAsync(Token)).Sum(static queue => queue[JobState.Succeeded]) == jobs.Count);

    private static int InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return value;
            }

            seen = before;
        }

        return seen;
    }
}
