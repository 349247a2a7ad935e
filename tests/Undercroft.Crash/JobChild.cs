using System.Globalization;
using System.Text;
using Undercroft.Jobs;

namespace Undercroft.Crash;

/// <summary>A worker that is killed, or stopped for longer than its lease. Each job leaves one effect, in the commit
/// that settles it.</summary>
public static class JobChild
{
    /// <summary>The word that starts it.</summary>
    public const string Word = "jobs";

    /// <summary>The kind of the jobs.</summary>
    public const string Kind = "pay";

    /// <summary>The payload of a job whose first run waits for a line before it ends.</summary>
    public const string Hold = "hold";

    /// <summary>The payload of a job whose every run waits for a line, so that workers are no faster than who kills
    /// them.</summary>
    public const string Paced = "paced";

    /// <summary>The payload of a job whose first run takes every thread of the pool for longer than a lease, and then
    /// goes on as if nothing had happened.</summary>
    public const string Starve = "starve";

    /// <summary>What the jobs have done: an id for each run that was committed.</summary>
    public static CollectionDefinition<RawJson> Effects { get; } = new("effects", RawJson.Codec);

    /// <summary>What is written to see whether anybody can write.</summary>
    public static CollectionDefinition<RawJson> Probes { get; } = new("probes", RawJson.Codec);

    /// <summary>Opens a storage.</summary>
    /// <param name="uri">The store.</param>
    public static ValueTask<Storage> OpenAsync(string uri) => Storage.OpenAsync(
        uri,
        new StoreSchemes().AddSqlite().AddFiles().AddPostgres().AddRedis(),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });

    /// <summary>Works until it is killed, or its input ends.</summary>
    /// <param name="uri">The store.</param>
    /// <param name="lease">The lease, in milliseconds.</param>
    /// <param name="ahead">How many seconds the worker's clock is ahead of the store's.</param>
    public static async Task RunAsync(string uri, string lease, string ahead)
    {
        await using var storage = await OpenAsync(uri);
        await using var output = TextWriter.Synchronized(
            new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var lines = new SemaphoreSlim(0);
        var handlers = new JobHandlers().AddRaw(Kind, async (payload, context, _) =>
        {
            await output.WriteLineAsync($"began {context.Id} {context.Lease.Fence}");
            var text = Encoding.UTF8.GetString(payload.Span);
            if (text == Starve && context.Lease.Fence == 1)
            {
                await output.WriteLineAsync(StarveThreads(TimeSpan.FromMilliseconds(
                    3 * int.Parse(lease, CultureInfo.InvariantCulture))));
            }

            if (text == Paced || (text == Hold && context.Lease.Fence == 1))
            {
                // It heeds no cancellation: nothing but the fence is to keep it from a second effect.
                await lines.WaitAsync(CancellationToken.None);
            }

            await output.WriteLineAsync(await PayAsync(storage, context));
        });
        var options = new JobsOptions
        {
            Lease = TimeSpan.FromMilliseconds(int.Parse(lease, CultureInfo.InvariantCulture)),
            PollInterval = TimeSpan.FromMilliseconds(100),
            MaintenanceInterval = TimeSpan.FromMilliseconds(200),
            Clock = new ShiftedClock(TimeSpan.FromSeconds(int.Parse(ahead, CultureInfo.InvariantCulture))),
        };
        options.Queues[NewJob.DefaultQueue] = new JobQueueOptions { Concurrency = 4, Prefetch = 4 };
        await using var worker = new JobWorker(storage, handlers, options);
        await worker.StartAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            _ = lines.Release();
        }
    }

    // Blocks more tasks than the pool may have threads: nothing else of the process that needs one goes on meanwhile.
    private static string StarveThreads(TimeSpan time)
    {
        const int ThreadsMax = 16;
        _ = ThreadPool.SetMinThreads(Environment.ProcessorCount, 1) &&
            ThreadPool.SetMaxThreads(Math.Max(ThreadsMax, Environment.ProcessorCount), ThreadsMax);
        var never = new TaskCompletionSource().Task;
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 2 * ThreadsMax; i++)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(
                static one => one.Never.Wait(one.Time), (Never: never, Time: time), preferLocal: false);
        }

        _ = never.Wait(time);
        return $"starved {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0}";
    }

    // Effect and settlement are one commit; the token is left out so that the fence alone decides.
    private static async Task<string> PayAsync(Storage storage, JobContext context)
    {
        var run = $"{context.Id} {context.Lease.Fence}";
        try
        {
            _ = await storage.TransactionAsync(async transaction =>
            {
                _ = await transaction.Repository(Effects).CreateAsync(
                    run.Replace(' ', '-'), RawJson.FromText($$"""{"job":"{{context.Id}}"}"""));
                transaction.Add(new SettleOperation(context.Lease, Settlement.Succeeded));
            });
            return $"done {run}";
        }
        catch (StaleLeaseException)
        {
            return $"stale {run}";
        }
    }
}
