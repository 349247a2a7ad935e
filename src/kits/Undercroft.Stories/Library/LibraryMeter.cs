using System.Diagnostics;

namespace Undercroft.Stories;

/// <summary>Counts and times what a library does, and tells of it.</summary>
internal sealed class LibraryMeter(StoryEvents events)
{
    private long hits;
    private long misses;

    public OperationCounts Saves { get; } = new();

    public OperationCounts Loads { get; } = new();

    public OperationCounts Deletes { get; } = new();

    public long Hits => Volatile.Read(ref hits);

    public long Misses => Volatile.Read(ref misses);

    public void Hit() => Interlocked.Increment(ref hits);

    public void Miss() => Interlocked.Increment(ref misses);

    /// <summary>Runs an operation: counts and times it, tells of its failure, then of all there is to tell.</summary>
    /// <param name="name">The name for <see cref="StorageError.Operation"/>.</param>
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
            counts?.Succeed(Stopwatch.GetElapsedTime(began), found(result));
            return result;
        }
        catch (Exception error) when (error is not (ArgumentException or OperationCanceledException))
        {
            counts?.Fail();
            events.Add(new StorageError(name, id, error));
            throw;
        }
        finally
        {
            events.Deliver();
        }
    }
}
