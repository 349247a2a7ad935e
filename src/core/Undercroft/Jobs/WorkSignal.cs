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

    /// <summary>Waits for a pulse after a mark, or for the next commit of a store, whoever makes it. It is a hint and
    /// nothing more: where the store cannot wait it ends, and the next claim shows what is wrong.</summary>
    /// <param name="after">The mark.</param>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    public async ValueTask WaitAsync(long after, IStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);

        // Others' commits are told by the feed, our own by the signal, which misses none.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ours = WaitAsync(after, end.Token).AsTask();
        var others = FollowAsync(store, end.Token);
        var first = await Task.WhenAny(ours, others).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        try
        {
            await (first == ours ? others : ours).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The one that was not needed.
        }

        await first.ConfigureAwait(false);
    }

    private static async Task FollowAsync(IStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.WaitAsync(FeedCursor.End, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // What is wrong with the store shows with the next claim.
        }
    }
}
