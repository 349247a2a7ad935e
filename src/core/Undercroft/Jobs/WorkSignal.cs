using Undercroft.Backends;

namespace Undercroft.Jobs;

/// <summary>Wakes those who wait for work. For backends.</summary>
public sealed class WorkSignal
{
    private readonly FeedSignal signal = new();
    private long mark;
    private Exception? failure;

    /// <summary>Grows with each pulse.</summary>
    public long Mark => Volatile.Read(ref mark);

    /// <summary>Wakes all who wait.</summary>
    public void Pulse()
    {
        _ = Interlocked.Increment(ref mark);
        signal.Pulse();
    }

    /// <summary>Ends all waits with an exception, for the end of the store.</summary>
    public void Fail(Exception reason)
    {
        Volatile.Write(ref failure, reason);
        signal.Fail(reason);
    }

    /// <summary>Waits for a pulse after a mark: not at all where there was one.</summary>
    public async ValueTask WaitAsync(long after, CancellationToken cancellationToken)
    {
        var next = signal.Next();
        if (Volatile.Read(ref failure) is { } reason)
        {
            throw reason;
        }

        if (Mark == after)
        {
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
