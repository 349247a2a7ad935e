using System.Globalization;
using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>Jobs go through a store without end: enqueued, run, settled and forgotten. What they leave does not grow,
/// neither in the process nor in the store. Six minutes in a soak, a few seconds else.</summary>
public abstract class JobSoak
{
    private const int PerBatch = 20;
    private const int BatchesUsual = 25;
    private const double GrowthMax = 1.3;
    private const long HeapSlack = 8 << 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SoakTime = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly List<(long Heap, long Waste)> samples = [];

    /// <summary>The URI of a store that is empty when a test begins.</summary>
    protected abstract string Store { get; }

    /// <summary>What <see cref="WasteAsync"/> counts, and how much of it may come and go.</summary>
    protected abstract (string Name, long Slack) Waste { get; }

    /// <summary>Ends when the test is cancelled.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Counts what the store keeps of rows that are gone.</summary>
    protected abstract ValueTask<long> WasteAsync();

    [Fact]
    public async Task Jobs_that_come_and_go_leave_nothing_that_grows()
    {
        var runs = 0L;
        await using var storage = await JobChild.OpenAsync(Store);
        var handlers = new JobHandlers().AddRaw(JobChild.Kind, (_, _, _) =>
        {
            _ = Interlocked.Increment(ref runs);
            return ValueTask.CompletedTask;
        });
        await using var worker = new JobWorker(storage, handlers, new JobsOptions
        {
            KeepSucceeded = TimeSpan.FromSeconds(5),
            MaintenanceInterval = TimeSpan.FromMilliseconds(500),
        });
        await worker.StartAsync(Token);

        var enqueued = await EnqueueAsync(storage, worker);
        await WaitAsync(() => ValueTask.FromResult(Volatile.Read(ref runs) >= enqueued));
        await WaitAsync(async () => (await storage.Jobs.ListQueuesAsync(Token))
            .Sum(static queue => queue[JobState.Running] + queue[JobState.Ready]) == 0);

        // A machine that stood still for longer than a lease may have run some twice; none is lost.
        Assert.DoesNotContain(await storage.Jobs.ListQueuesAsync(Token), static queue => queue[JobState.Dead] > 0);
        if (IsSoak)
        {
            CheckFlat("the heap", static sample => sample.Heap, HeapSlack);
            CheckFlat(Waste.Name, static sample => sample.Waste, Waste.Slack);
        }

        Say($"{enqueued} jobs in {Volatile.Read(ref runs)} runs; {string.Join("; ", samples.Select(Describe))}");
    }

    private async Task<long> EnqueueAsync(Storage storage, JobWorker worker)
    {
        var count = 0L;
        var began = TimeProvider.System.GetTimestamp();
        var sampled = began;
        for (var batch = 0; IsSoak ? TimeProvider.System.GetElapsedTime(began) < SoakTime : batch < BatchesUsual;
            batch++)
        {
            var jobs = Enumerable.Range(0, PerBatch).Select(static _ => new EnqueueOperation(
                new NewJob { Kind = JobChild.Kind, Payload = new byte[200], CrashesMax = 1000 }));
            Assert.True((await storage.Jobs.CommitAsync(new Commit([.. jobs]), Token)).IsCommitted);
            count += PerBatch;
            if (IsSoak && TimeProvider.System.GetElapsedTime(sampled) >= SampleEvery)
            {
                sampled = TimeProvider.System.GetTimestamp();
                Assert.Empty(worker.Status.Faults);
                samples.Add((Heap(), await WasteAsync()));
            }

            await Task.Delay(Pace, TimeProvider.System, Token);
        }

        return count;
    }

    // What the last full collection has written down. The total at the moment would be added up while the collection of
    // another run may be under way, and has come out at a tenth.
    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var last = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        return last.HeapSizeBytes - last.FragmentedBytes;
    }

    // Flat means that the second half is no more than what the first has seen: what grows steadily is half as much
    // again.
    private void CheckFlat(string name, Func<(long Heap, long Waste), long> of, long slack)
    {
        var half = samples.Count / 2;
        var most = samples.Take(half).Max(of);
        var mean = samples.Skip(half).Average(of);
        Assert.True(
            mean <= (most * GrowthMax) + slack,
            $"Of {name} there was at most {most} in the first half, and {mean:F0} on average in the second: " +
            string.Join(", ", samples.Select(of)));
    }

    private static bool IsSoak => TestSeed.Length > 1;

    private string Describe((long Heap, long Waste) sample) => string.Create(
        CultureInfo.InvariantCulture, $"{sample.Heap / 1024} KiB, {sample.Waste} {Waste.Name}");

    private void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"note: {Store[..Store.IndexOf(':', StringComparison.Ordinal)]}: jobs without end: {text}");

    private static async Task WaitAsync(Func<ValueTask<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Patience, $"It did not come about within {Patience}.");
            await Task.Delay(Pace, TimeProvider.System, Token);
        }
    }
}
