using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>The server is killed and started again under workers as applications run them: they find back to work by
/// themselves, and each job has one effect.</summary>
public sealed class JobWorkerRestartTests
{
    private const int Count = 300;
    private const int Kills = 2;

    private static readonly CollectionDefinition<RawJson> Ledger = new("ledger", RawJson.Codec);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_go_on_when_their_server_is_there_again_and_each_job_has_one_effect()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var one = await OpenAsync(server);
        await using var two = await OpenAsync(server);
        var enqueued = await one.Jobs.CommitAsync(
            new Commit([.. Enumerable.Range(0, Count).Select(static _ => new EnqueueOperation(
                new NewJob { Kind = "work", AttemptsMax = 100, CrashesMax = 100 }))]),
            Cancel);
        var done = 0;
        await using var first = Worker(one);
        await using var second = Worker(two);
        await first.StartAsync(Cancel);
        await second.StartAsync(Cancel);

        for (var kill = 1; kill <= Kills; kill++)
        {
            // In the middle of the work: as much again is left after the last kill.
            await WaitAsync(() => new(Volatile.Read(ref done) >= kill * Count / (Kills + 1)));
            await server.KillAsync(Cancel);
            await server.StartAgainAsync(Cancel);
        }

        await WaitAsync(async () => (await one.Jobs.ListQueuesAsync(Cancel))[0][JobState.Succeeded] == Count);
        var ledger = new List<string>();
        ScanPosition? after = null;
        do
        {
            var page = await one.Store.ScanAsync(
                new ScanRequest { Collection = "ledger", After = after, Limit = 100 }, Cancel);
            ledger.AddRange(page.Items.Select(static item => item.Record.Key.Id.Split('/')[0]));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(
            enqueued.Jobs.Select(static job => job.Job.ToString()).Order(StringComparer.Ordinal),
            ledger.Order(StringComparer.Ordinal));

        JobWorker Worker(Storage storage)
        {
            var options = new JobsOptions
            {
                Lease = TimeSpan.FromSeconds(3),
                PollInterval = TimeSpan.FromMilliseconds(100),
                MaintenanceInterval = TimeSpan.FromMilliseconds(200),
            };
            options.Queues[NewJob.DefaultQueue] = new JobQueueOptions { Concurrency = 4, Prefetch = 4 };
            var handling = new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.FromMilliseconds(50), 100) };
            var handlers = new JobHandlers().AddRaw(
                "work",
                async (_, context, _) =>
                {
                    // An effect for each run that was kept, under a name of its own.
                    _ = await context.TransactionAsync(async transaction => await transaction.Repository(Ledger)
                        .CreateAsync($"{context.Id}/{context.Lease.Fence}", RawJson.FromText("{}")));
                    _ = Interlocked.Increment(ref done);
                },
                handling);
            return new JobWorker(storage, handlers, options);
        }
    }

    private static async Task<Storage> OpenAsync(PostgresServer server) => new(
        await FaultedPostgres.OpenAsync(server.ConnectionString("postgres")),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });

    private static async Task WaitAsync(Func<ValueTask<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Limit, $"It did not come about within {Limit}.");
            await Task.Delay(Pause, TimeProvider.System, Cancel);
        }
    }
}
