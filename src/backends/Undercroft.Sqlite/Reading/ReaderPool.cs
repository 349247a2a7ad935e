using System.Diagnostics.CodeAnalysis;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Reading;

/// <summary>Up to a number of readers, made when they are needed. Each serves one call at a time.</summary>
/// <remarks>A reader that waits in its place keeps its snapshot for the next call, but not for long: an old snapshot
/// keeps the log from being emptied. While any is open, a timer looks for idle ones.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "CloseAsync ends it.")]
internal sealed class ReaderPool
{
    private readonly Func<SqliteReader> open;
    private readonly SqliteReader?[] places;
    private readonly SemaphoreSlim returned = new(0);
    private readonly SemaphoreSlim home = new(0);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer sweep;
    private readonly TimeSpan idleMax;
    private int opened;
    private int waiting;
    private int isSweeping;
    private int isPaused;
    private int isClosing;

    public ReaderPool(Func<SqliteReader> open, int readersMax, TimeSpan idleMax, TimeProvider clock)
    {
        this.open = open;
        this.idleMax = idleMax;
        places = new SqliteReader?[readersMax];
        sweep = clock.CreateTimer(
            static pool => ((ReaderPool)pool!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a reader, or none where all are in use or the pool is paused.</summary>
    public SqliteReader? TryRent()
    {
        if (Volatile.Read(ref isPaused) != 0)
        {
            return null;
        }

        // A thread begins at a place of its own, so that threads meet rarely.
        var first = Environment.CurrentManagedThreadId % places.Length;
        for (var i = 0; i < places.Length; i++)
        {
            ref var place = ref places[(first + i) % places.Length];
            if (place is not null && Interlocked.Exchange(ref place, null) is { } reader)
            {
                return reader;
            }
        }

        return TryOpen();
    }

    /// <summary>Takes a reader, and waits for one where all are in use.</summary>
    public async ValueTask<SqliteReader> RentAsync(CancellationToken cancellationToken)
    {
        _ = Interlocked.Increment(ref waiting);
        try
        {
            while (true)
            {
                // After the announcement: whoever gives a reader back from here on sees that somebody waits.
                if (TryRent() is { } reader)
                {
                    return reader;
                }

                await returned.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _ = Interlocked.Decrement(ref waiting);
            if (Volatile.Read(ref isClosing) != 0)
            {
                // The next in line must hear of it too.
                Wake();
            }
        }
    }

    /// <summary>Gives a reader back.</summary>
    public void Return(SqliteReader reader)
    {
        if (Volatile.Read(ref isClosing) != 0)
        {
            Retire(reader);
            return;
        }

        var hasSnapshot = reader.HasSnapshot;
        Put(reader);
        if (hasSnapshot && Volatile.Read(ref isSweeping) == 0 && Interlocked.Exchange(ref isSweeping, 1) == 0)
        {
            _ = sweep.Change(idleMax, Timeout.InfiniteTimeSpan);
        }

        if (Volatile.Read(ref isClosing) != 0)
        {
            // The pool was closed meanwhile, maybe before the reader was in its place.
            RetireIdle();
        }
    }

    /// <summary>Takes a reader out for good, after an error.</summary>
    public void Retire(SqliteReader reader)
    {
        reader.Dispose();
        if (Interlocked.Decrement(ref opened) == 0 && Volatile.Read(ref isClosing) != 0)
        {
            _ = closed.TrySetResult();
        }

        Wake();
    }

    /// <summary>Does something while no reader has a snapshot: keeps new reads waiting until those begun have ended.
    /// </summary>
    /// <param name="waitMax">How long to wait for them.</param>
    /// <param name="whenQuiet">What to do.</param>
    /// <returns>What it says; false where the reads took too long.</returns>
    public bool Pause(TimeSpan waitMax, Func<bool> whenQuiet)
    {
        _ = Interlocked.Exchange(ref isPaused, 1);
        try
        {
            while (!AreAllHome())
            {
                if (!home.Wait(waitMax))
                {
                    return false;
                }
            }

            EndIdleSnapshots();
            return whenQuiet();
        }
        finally
        {
            _ = Interlocked.Exchange(ref isPaused, 0);
            if (Volatile.Read(ref waiting) is > 0 and var count)
            {
                _ = returned.Release(count);
            }
        }
    }

    /// <summary>Ends the snapshots of all readers that nobody uses now.</summary>
    public void EndIdleSnapshots() => Visit(onlyUnused: false);

    /// <summary>Closes all readers, those in use when they come back.</summary>
    public async ValueTask CloseAsync()
    {
        Volatile.Write(ref isClosing, 1);
        await sweep.DisposeAsync().ConfigureAwait(false);

        // One more than there are, so that the last one to go cannot be missed.
        _ = Interlocked.Increment(ref opened);
        RetireIdle();
        if (Interlocked.Decrement(ref opened) == 0)
        {
            _ = closed.TrySetResult();
        }

        Wake();
        await closed.Task.ConfigureAwait(false);
    }

    private SqliteReader? TryOpen()
    {
        if (Volatile.Read(ref opened) >= places.Length)
        {
            return null;
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref isClosing) != 0, typeof(SqliteStore));
        if (Interlocked.Increment(ref opened) > places.Length)
        {
            _ = Interlocked.Decrement(ref opened);
            return null;
        }

        try
        {
            return open();
        }
        catch
        {
            _ = Interlocked.Decrement(ref opened);
            Wake();
            throw;
        }
    }

    private void Put(SqliteReader reader)
    {
        var first = Environment.CurrentManagedThreadId % places.Length;
        for (var i = first; ; i = (i + 1) % places.Length)
        {
            // There are never more readers than places.
            if (places[i] is null && Interlocked.CompareExchange(ref places[i], reader, null) is null)
            {
                break;
            }
        }

        Wake();
    }

    private bool AreAllHome()
    {
        var idle = 0;
        for (var i = 0; i < places.Length; i++)
        {
            idle += Volatile.Read(ref places[i]) is null ? 0 : 1;
        }

        return idle >= Volatile.Read(ref opened);
    }

    private void Wake()
    {
        if (Volatile.Read(ref isPaused) != 0)
        {
            _ = home.Release();
        }

        if (Volatile.Read(ref waiting) > 0)
        {
            _ = returned.Release();
        }
    }

    private void Sweep()
    {
        Visit(onlyUnused: true);

        // Off first and then a look: a reader that comes back in between is seen here, or sees that the sweep is off.
        _ = Interlocked.Exchange(ref isSweeping, 0);
        if (IsAnySnapshotOpen() && Interlocked.Exchange(ref isSweeping, 1) == 0)
        {
            _ = sweep.Change(idleMax, Timeout.InfiniteTimeSpan);
        }
    }

    private void Visit(bool onlyUnused)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (Interlocked.Exchange(ref places[i], null) is not { } reader)
            {
                continue;
            }

            try
            {
                if (!onlyUnused || !reader.WasUsed)
                {
                    reader.EndSnapshot();
                }

                reader.WasUsed = false;
                Put(reader);
            }
            catch (SqliteException)
            {
                // Whoever reads next opens another one, and hears of the error if it is there still.
                Retire(reader);
            }
        }

        if (Volatile.Read(ref isClosing) != 0)
        {
            RetireIdle();
        }
    }

    // A reader in use is not in its place: it is looked at when it comes back.
    private bool IsAnySnapshotOpen()
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (Volatile.Read(ref places[i])?.HasSnapshot == true)
            {
                return true;
            }
        }

        return false;
    }

    private void RetireIdle()
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (Interlocked.Exchange(ref places[i], null) is { } reader)
            {
                Retire(reader);
            }
        }
    }
}
