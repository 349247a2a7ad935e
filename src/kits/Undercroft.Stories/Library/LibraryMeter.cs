using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Undercroft.Stories;

/// <summary>Counts and times what a library does, and tells of it: for its statistics always, for meters where somebody
/// listens.</summary>
internal sealed class LibraryMeter : IDisposable
{
    private readonly Meter meter = new(UndercroftDiagnostics.SourceName);
    private readonly Histogram<double> duration;
    private readonly Counter<long> stories;
    private readonly Counter<long> hitCounter;
    private readonly Counter<long> missCounter;
    private readonly KeyValuePair<string, object?> backendTag;
    private readonly StoryEvents events;
    private long hits;
    private long misses;

    public LibraryMeter(string backend, StoryEvents events)
    {
        this.events = events;
        backendTag = new(UndercroftDiagnostics.BackendTag, backend);
        duration = meter.CreateHistogram(
            StoryDiagnostics.OperationDuration,
            unit: "s",
            description: "Duration of one operation of a story library.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
            });
        stories = meter.CreateCounter<long>(
            StoryDiagnostics.Stories, unit: "{story}", description: "Stories saved, loaded and deleted.");
        hitCounter = meter.CreateCounter<long>(
            StoryDiagnostics.CacheHits, unit: "{load}", description: "Loads of a story that the cache answered.");
        missCounter = meter.CreateCounter<long>(
            StoryDiagnostics.CacheMisses, unit: "{load}", description: "Loads of a story that went to the store.");
    }

    public OperationCounts Saves { get; } = new();

    public OperationCounts Loads { get; } = new();

    public OperationCounts Deletes { get; } = new();

    public long Hits => Volatile.Read(ref hits);

    public long Misses => Volatile.Read(ref misses);

    public void Hit()
    {
        _ = Interlocked.Increment(ref hits);
        hitCounter.Add(1, backendTag);
    }

    public void Miss()
    {
        _ = Interlocked.Increment(ref misses);
        missCounter.Add(1, backendTag);
    }

    /// <summary>Runs an operation: counts and times it, tells of its failure, then of all there is to tell.</summary>
    /// <param name="name">The name for <see cref="StorageError.Operation"/> and for meters.</param>
    /// <param name="id">The story; null where it is none or several.</param>
    /// <param name="counts">Where it is counted; null means nowhere.</param>
    /// <param name="work">What to do.</param>
    /// <param name="found">How many stories a result stands for.</param>
    public async ValueTask<T> RunAsync<T>(
        string name, string? id, OperationCounts? counts, Func<ValueTask<T>> work, Func<T, int> found)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var result = await work().ConfigureAwait(false);
            Succeed(name, Stopwatch.GetElapsedTime(began), counts, found(result));
            return result;
        }
        catch (Exception error) when (error is not (ArgumentException or OperationCanceledException))
        {
            Fail(name, Stopwatch.GetElapsedTime(began), counts, error);
            events.Add(new StorageError(name, id, error));
            throw;
        }
        finally
        {
            events.Deliver();
        }
    }

    public void Dispose() => meter.Dispose();

    private void Succeed(string name, TimeSpan spent, OperationCounts? counts, int found)
    {
        counts?.Succeed(spent, found);
        duration.Record(spent.TotalSeconds, OperationTag(name), backendTag);
        if (found > 0)
        {
            stories.Add(found, OperationTag(name), backendTag);
        }
    }

    private void Fail(string name, TimeSpan spent, OperationCounts? counts, Exception error)
    {
        counts?.Fail();
        duration.Record(spent.TotalSeconds, OperationTag(name), backendTag, new("error.type", error.GetType().Name));
    }

    private static KeyValuePair<string, object?> OperationTag(string name) =>
        new(UndercroftDiagnostics.OperationTag, name);
}
