using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Reading;

namespace Undercroft.Postgres;

/// <summary>Wakes those who wait for the next commit: at once for a commit of this process, by the server's word for
/// one of another, and by looking now and then where that word does not come. While nobody waits, nothing runs.
/// </summary>
internal sealed class PostgresFollowers : IAsyncDisposable
{
    private readonly PostgresSource source;
    private readonly FeedReader feed;
    private readonly TimeSpan interval;
    private readonly FeedSignal signal = new();
    private readonly ITimer timer;
    private readonly PostgresEar? ear;
    private readonly Lock gate = new();
    private FeedSpot known;
    private int waiting;
    private int looking;
    private Task look = Task.CompletedTask;

    public PostgresFollowers(
        PostgresSource source, FeedReader feed, TimeSpan interval, string? channel, TimeProvider clock)
    {
        this.source = source;
        this.feed = feed;
        this.interval = interval;
        Channel = channel;
        ear = channel is null ? null : new PostgresEar(source, channel, Name, Hear);
        timer = clock.CreateTimer(
            static followers => ((PostgresFollowers)followers!).Look(),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where stores tell each other of their commits; null where they do not.</summary>
    public string? Channel { get; }

    /// <summary>What this store calls itself there.</summary>
    public string Name { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));

    /// <summary>Hears of work that others have made.</summary>
    public Action<PostgresWord>? WorkHeard { get; set; }

    /// <summary>Begins to hear of what others commit.</summary>
    public void Listen() => ear?.Start();

    /// <summary>Begins to wait. Take it before looking for what you wait for.</summary>
    public Wait Begin()
    {
        var next = signal.Next();
        if (Interlocked.Increment(ref waiting) == 1)
        {
            Arm();
            ear?.Start();
        }

        return new Wait(this, next);
    }

    /// <summary>Tells what one of those who wait has seen.</summary>
    public void Know(FeedSpot latest)
    {
        if (Raise(latest) && Volatile.Read(ref waiting) > 1)
        {
            signal.Pulse();
        }
    }

    /// <summary>Wakes all who wait in this process, and tells the others.</summary>
    public void Pulse()
    {
        signal.Pulse();
        ear?.Tell();
    }

    /// <summary>Wakes all who wait in this process: the others have been told.</summary>
    public void Wake() => signal.Pulse();

    /// <summary>Ends all waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        signal.Fail(new ObjectDisposedException(nameof(PostgresStore)));
        if (ear is not null)
        {
            await ear.DisposeAsync().ConfigureAwait(false);
        }

        await look.ConfigureAwait(false);
    }

    private void Hear(PostgresWord word)
    {
        signal.Pulse();
        if (word.HasWork)
        {
            WorkHeard?.Invoke(word);
        }
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref looking, 1) == 0)
        {
            look = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var state = await feed.StateAsync(null, waits: false, source.Closing).ConfigureAwait(false);
            if (Raise(state.Latest))
            {
                signal.Pulse();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The store is closing: it ends the waits itself.
        }
        catch (StoreException error)
        {
            signal.Fail(error);
        }
        finally
        {
            Volatile.Write(ref looking, 0);
            if (Volatile.Read(ref waiting) > 0 && !source.Closing.IsCancellationRequested)
            {
                Arm();
            }
        }
    }

    // Returns whether the place is news.
    private bool Raise(FeedSpot latest)
    {
        lock (gate)
        {
            if (!(known < latest))
            {
                return false;
            }

            known = latest;
            return true;
        }
    }

    private void Arm() => _ = timer.Change(interval, Timeout.InfiniteTimeSpan);

    private void End() => _ = Interlocked.Decrement(ref waiting);

    /// <summary>One wait, to be disposed when it has ended.</summary>
    internal readonly struct Wait(PostgresFollowers followers, Task next) : IDisposable
    {
        /// <summary>Ends with the next commit that anybody notices.</summary>
        public Task Next => next;

        public void Dispose() => followers.End();
    }
}
