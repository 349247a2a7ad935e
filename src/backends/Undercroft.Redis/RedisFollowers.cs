using System.Buffers.Text;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;

namespace Undercroft.Redis;

/// <summary>Wakes those who wait for the next commit: at once for one of this store, as soon as the server tells of it
/// for one of others, and by looking now and then where it could not tell. While nobody waits, nothing runs.</summary>
internal sealed class RedisFollowers : IAsyncDisposable
{
    private readonly FunctionCaller caller;
    private readonly TimeSpan interval;
    private readonly FeedSignal signal = new();
    private readonly ITimer timer;
    private readonly SemaphoreSlim subscribing = new(1);
    private IAsyncDisposable? subscription;
    private int waiting;
    private int isLooking;
    private int isDisposed;
    private long known;

    public RedisFollowers(FunctionCaller caller, TimeSpan interval, TimeProvider clock)
    {
        this.caller = caller;
        this.interval = interval;
        timer = clock.CreateTimer(
            static followers => ((RedisFollowers)followers!).Look(),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hears of all that the server tells, of what those who wait know already too.</summary>
    public Action? Heard { get; set; }

    /// <summary>Begins to wait. Take it before looking for what you wait for.</summary>
    public Wait Begin()
    {
        if (Interlocked.Increment(ref waiting) == 1)
        {
            Arm();
        }

        return new Wait(this, signal.Next());
    }

    /// <summary>Has the server tell of commits, from the first wait on.</summary>
    public async ValueTask ListenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref subscription) is not null)
        {
            return;
        }

        await subscribing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            subscription ??= await caller.Client.SubscribeAsync(caller.Keys.Channel, Hear, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // The user may not listen, or the server is away: looking now and then finds everything too.
        }
        finally
        {
            _ = subscribing.Release();
        }
    }

    /// <summary>Tells which revision one of those who wait has seen. Others may have begun to wait before it.</summary>
    public void Know(long latest)
    {
        // The looks no longer tell what is known here, so that whoever waits for it must hear of it now.
        if (Raise(latest) && Volatile.Read(ref waiting) > 1)
        {
            signal.Pulse();
        }
    }

    /// <summary>Wakes all who wait.</summary>
    public void Pulse() => signal.Pulse();

    /// <summary>Ends all waits.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref isDisposed, 1);
        await timer.DisposeAsync().ConfigureAwait(false);
        signal.Fail(new ObjectDisposedException(nameof(RedisStore)));
        await subscribing.WaitAsync().ConfigureAwait(false);
        if (subscription is not null)
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }

        subscribing.Dispose();
    }

    private void Hear(ReadOnlyMemory<byte> message)
    {
        Heard?.Invoke();

        // An empty one says that some may have been missed.
        if (!Utf8Parser.TryParse(message.Span, out long latest, out _) || IsNews(latest))
        {
            signal.Pulse();
        }
    }

    private void Look()
    {
        // One look at a time: it begins the next one's wait.
        if (Interlocked.Exchange(ref isLooking, 1) == 0)
        {
            _ = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        try
        {
            using var reply = await caller.Client.SendAsync(
                caller.Client.Create("HGET"u8).AddKey(caller.Keys.Row).Add("seq"u8).Repeatable()).ConfigureAwait(false);
            if (!reply.IsNull && IsNews(reply.Int64))
            {
                signal.Pulse();
            }
        }
        catch (Exception error) when (error is RedisException or ObjectDisposedException)
        {
            // Who waits is woken to look for himself: he meets the error, or finds that it has passed.
            signal.Pulse();
        }

        Volatile.Write(ref isLooking, 0);
        if (Volatile.Read(ref waiting) > 0)
        {
            Arm();
        }
    }

    private bool IsNews(long latest)
    {
        if (latest < Volatile.Read(ref known))
        {
            // The server was put back in time: who waits must hear of it.
            Volatile.Write(ref known, latest);
            return true;
        }

        return Raise(latest);
    }

    // Returns whether the revision is news.
    private bool Raise(long latest)
    {
        var seen = Volatile.Read(ref known);
        while (latest > seen)
        {
            var found = Interlocked.CompareExchange(ref known, latest, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    private void Arm()
    {
        if (Volatile.Read(ref isDisposed) == 0)
        {
            _ = timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void End() => _ = Interlocked.Decrement(ref waiting);

    /// <summary>One wait, to be disposed when it has ended.</summary>
    internal readonly struct Wait(RedisFollowers followers, Task next) : IDisposable
    {
        /// <summary>Ends with the next commit that anybody notices.</summary>
        public Task Next => next;

        public void Dispose() => followers.End();
    }
}
