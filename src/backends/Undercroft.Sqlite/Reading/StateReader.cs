using System.Collections.Immutable;
using Undercroft.Backends;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Reading;

/// <summary>The store's row and the segments of its history, as one snapshot has them.</summary>
/// <param name="Sequence">The latest revision.</param>
/// <param name="Clock">The latest time told, in ticks.</param>
/// <param name="Horizon">The latest revision whose tombstones may have been forgotten.</param>
/// <param name="Transactions">How many transactions have written, of all processes.</param>
/// <param name="History">The segments.</param>
internal sealed record StoreState(long Sequence, long Clock, long Horizon, long Transactions, FeedHistory History);

/// <summary>The history read last, shared by all connections of a store.</summary>
internal sealed class HistoryCache
{
    private FeedHistory? latest;

    public FeedHistory? Latest
    {
        get => Volatile.Read(ref latest);
        set => Volatile.Write(ref latest, value);
    }
}

/// <summary>Reads the store's row on one connection, and the segments only where there is a new one.</summary>
internal sealed class StateReader(SqliteConnection connection, HistoryCache cache)
{
    private readonly SqliteStatement row = connection.Statement(Sql.StoreRow);
    private readonly SqliteStatement last = connection.Statement(Sql.LastSegment);
    private readonly SqliteStatement all = connection.Statement(Sql.Segments);

    /// <summary>Reads the state inside the connection's transaction.</summary>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    public StoreState Read()
    {
        try
        {
            if (!row.Step())
            {
                throw new InvalidDataException("The store's own row is missing.");
            }

            return new StoreState(
                row.Number(0), row.Number(1), row.Number(2), row.Number(4), History(Epoch(row.Bytes(3))));
        }
        finally
        {
            row.Reset();
        }
    }

    private static Guid Epoch(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new Guid(bytes, bigEndian: true)
        : throw new InvalidDataException("The store's epoch is damaged.");

    private FeedHistory History(Guid epoch)
    {
        // Segments are only ever added, the merging of old ones aside, which comes with an addition too.
        var newest = LastSegment();
        if (cache.Latest is { } known && known.Epoch == epoch &&
            (known.Segments.IsEmpty ? newest is null : known.Segments[^1] == newest))
        {
            return known;
        }

        var history = new FeedHistory(epoch, Segments());
        cache.Latest = history;
        return history;
    }

    private FeedSegment? LastSegment()
    {
        try
        {
            return last.Step() ? new FeedSegment(last.Number(0), last.Number(1)) : null;
        }
        finally
        {
            last.Reset();
        }
    }

    private ImmutableArray<FeedSegment> Segments()
    {
        var segments = ImmutableArray.CreateBuilder<FeedSegment>();
        try
        {
            while (all.Step())
            {
                segments.Add(new FeedSegment(all.Number(0), all.Number(1)));
            }
        }
        finally
        {
            all.Reset();
        }

        return segments.ToImmutable();
    }
}
