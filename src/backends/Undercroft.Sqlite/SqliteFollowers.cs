using Undercroft.Backends;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite;

/// <summary>Wakes those who wait for the next commit: at once for a commit of this process, by looking now and then for
/// one of another. While nobody waits, nothing runs.</summary>
internal sealed class SqliteFollowers : IAsyncDisposable
{
    private readonly string path;
    private readonly ReaderPool readers;
    private readonly TimeSpan interval;
    private readonly Action noticed;
    private readonly FeedSignal signal = new();
    private readonly ITimer timer;
    private int waiting;
    private long known;

    public SqliteFollowers(
        string path, ReaderPool readers, TimeSpan interval, TimeProvider clock, Action noticed)
    {
        this.path = path;
        this.noticed = noticed;
        this.readers = readers;
        this.interval = interval;
        timer = clock.CreateTimer(
            static followers => ((SqliteFollowers)followers!).Look(),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to wait. Take it before looking for what you wait for.</summary>
    public Wait Begin()
    {
        if (Interlocked.Increment(ref waiting) == 1)
        {
            Arm();
        }

        return new Wait(this, signal.Next());
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
        await timer.DisposeAsync().ConfigureAwait(false);
        signal.Fail(new ObjectDisposedException(nameof(SqliteStore)));
    }

    private void Look()
    {
        try
        {
            // Where all readers are busy there is a next time.
            if (readers.TryRent() is { } reader && Raise(Sequence(reader)))
            {
                signal.Pulse();
                noticed();
            }
        }
        catch (ObjectDisposedException)
        {
            // The store is closing: it ends the waits itself.
            return;
        }
        catch (Exception error) when (error is SqliteException or StoreException)
        {
            signal.Fail(SqliteErrors.Of(error, "look for changes", path));
        }

        if (Volatile.Read(ref waiting) > 0)
        {
            Arm();
        }
    }

    private long Sequence(SqliteReader reader)
    {
        try
        {
            // A snapshot of its own, given up at once: the looks must not keep the log from being emptied.
            reader.Refresh();
            var sequence = reader.Sequence();
            reader.EndSnapshot();
            readers.Return(reader);
            return sequence;
        }
        catch
        {
            readers.Retire(reader);
            throw;
        }
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

    private void Arm() => _ = timer.Change(interval, Timeout.InfiniteTimeSpan);

    private void End() => _ = Interlocked.Decrement(ref waiting);

    /// <summary>One wait, to be disposed when it has ended.</summary>
    internal readonly struct Wait(SqliteFollowers followers, Task next) : IDisposable
    {
        /// <summary>Ends with the next commit that anybody notices.</summary>
        public Task Next => next;

        public void Dispose() => followers.End();
    }
}
