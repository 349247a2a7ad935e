using Npgsql;

namespace Undercroft.Postgres.Reading;

/// <summary>What cursors are judged by, out of one snapshot.</summary>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Segment">The segment of the server's history.</param>
/// <param name="Horizon">The latest tombstone forgotten.</param>
/// <param name="Cut">Where the segments after the cursor's begin: what lies behind it was lost. Null where there is
/// none.</param>
/// <param name="Edge">The oldest transaction that still runs, or the next one: what followers are shown is before it.
/// </param>
/// <param name="Latest">The latest commit that may be shown.</param>
/// <param name="PendingSince">The store's time of the oldest commit held back, in ticks; null where none is.</param>
internal sealed record FeedState(
    Guid Epoch, FeedSegment Segment, FeedSpot Horizon, ulong? Cut, ulong Edge, FeedSpot Latest, long? PendingSince)
{
    private const string HoldReason =
        "A transaction that writes and has not ended, in any database of the server, holds it back. It is the one with "
        + "the earliest xact_start among those with a backend_xid in pg_stat_activity, or stands in pg_prepared_xacts. "
        + "End it there, with pg_terminate_backend(pid) if need be.";

    /// <summary>How many columns it has.</summary>
    public const int Columns = 9;

    /// <summary>Reads it from the first columns of a row.</summary>
    public static FeedState Read(NpgsqlDataReader row) => new(
        row.GetFieldValue<Guid>(0),
        FeedSegment.Parse(row.GetString(1)),
        new FeedSpot(row.GetFieldValue<ulong>(2), row.GetInt64(3)),
        row.IsDBNull(4) ? null : row.GetFieldValue<ulong>(4),
        row.GetFieldValue<ulong>(5),
        row.IsDBNull(6) ? default : new FeedSpot(row.GetFieldValue<ulong>(6), row.GetInt64(7)),
        row.IsDBNull(8) ? null : row.GetInt64(8));

    /// <summary>What the feed holds back, in words; null where it holds nothing back.</summary>
    public FeedHold? Hold => PendingSince is { } since ? new(new(since, TimeSpan.Zero), HoldReason) : null;

    /// <summary>Finds the place of a cursor.</summary>
    /// <exception cref="CursorExpiredException">The feed cannot go on from it.</exception>
    public FeedPlace Resolve(FeedCursor cursor, FeedPlace? parsed)
    {
        if (parsed is not { } place)
        {
            return new FeedPlace(Epoch, Segment, cursor == FeedCursor.End ? Latest : default, Horizon);
        }

        if (place.Epoch != Epoch)
        {
            throw new CursorExpiredException("it belongs to another store, or to another epoch of this one");
        }

        if (place.Segment > Segment || (Cut is { } cut && place.Seen.Xid >= cut))
        {
            throw new CursorExpiredException("the server was put back to an earlier time, or lost its latest commits");
        }

        var owed = place.Seen < place.WalkHorizon ? place.WalkHorizon : place.Seen;
        return owed < Horizon
            ? throw new CursorExpiredException("deletions after it have been compacted away")
            : place with { Segment = Segment };
    }
}
