namespace Undercroft.Backends;

/// <summary>Wakes everybody who waits for the next commit. Waiting costs nothing while nobody waits.</summary>
public sealed class FeedSignal
{
    private TaskCompletionSource? next;

    /// <summary>A task that ends at the next pulse. Take it before looking for what you wait for.</summary>
    public Task Next()
    {
        while (true)
        {
            if (Volatile.Read(ref next) is { } current)
            {
                return current.Task;
            }

            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref next, fresh, null) is null)
            {
                return fresh.Task;
            }
        }
    }

    /// <summary>Wakes all who wait.</summary>
    public void Pulse() => Interlocked.Exchange(ref next, null)?.TrySetResult();

    /// <summary>Ends all waits with an exception, for the end of the store.</summary>
    public void Fail(Exception reason) => Interlocked.Exchange(ref next, null)?.TrySetException(reason);
}
