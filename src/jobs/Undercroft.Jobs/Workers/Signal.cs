namespace Undercroft.Jobs;

/// <summary>Wakes one that waits. Set before the wait, it ends the wait at once; set twice, it wakes once.</summary>
internal sealed class Signal
{
    private readonly Lock gate = new();
    private TaskCompletionSource waiter = NewSource();

    /// <summary>Wakes who waits, or the next who will.</summary>
    public void Set()
    {
        lock (gate)
        {
            _ = waiter.TrySetResult();
        }
    }

    /// <summary>Gives what completes with the next <see cref="Set"/>, and forgets those before.</summary>
    public Task Reset()
    {
        lock (gate)
        {
            if (waiter.Task.IsCompleted)
            {
                waiter = NewSource();
            }

            return waiter.Task;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
