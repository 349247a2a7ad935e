using System.Collections.Immutable;

namespace Undercroft.Backends;

/// <summary>The segments of a store's history: what makes a cursor notice that the store was put back in time.
/// </summary>
/// <remarks>
/// Each opening begins a segment with its first commit, in that commit's own transaction. A store restored from a copy
/// lacks the segments, or the ends of segments, that came after the copy; a cursor into them has expired.
/// </remarks>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Segments">The segments kept, oldest first.</param>
public sealed record FeedHistory(Guid Epoch, ImmutableArray<FeedSegment> Segments)
{
    /// <summary>The most segments kept. Beyond that the oldest is merged into the one after it, and cursors that name
    /// it expire.</summary>
    public const int SegmentsMax = 1024;

    /// <summary>Begins a segment.</summary>
    public FeedHistory Begin(FeedSegment segment)
    {
        // The merged segment begins where the oldest did, so that a walk from the beginning can name every place.
        var kept = Segments.Length < SegmentsMax
            ? Segments
            : Segments[1..].SetItem(0, Segments[1] with { Start = Segments[0].Start });
        return this with { Segments = kept.Add(segment) };
    }

    /// <summary>Makes the cursor of a place.</summary>
    /// <param name="sequence">The latest revision seen.</param>
    /// <param name="walkHorizon">The horizon of the walk, from <see cref="Resolve"/>.</param>
    public FeedCursor CursorAt(long sequence, long walkHorizon)
    {
        for (var i = Segments.Length - 1; i >= 0; i--)
        {
            if (Segments[i].Start < sequence)
            {
                return new FeedPosition(Epoch, Segments[i].Salt, sequence, walkHorizon).ToCursor();
            }
        }

        return new FeedPosition(Epoch, 0, sequence, walkHorizon).ToCursor();
    }

    /// <summary>Finds the place of a cursor.</summary>
    /// <param name="cursor">The cursor, or one of the two constants.</param>
    /// <param name="latest">The store's latest revision.</param>
    /// <param name="horizon">The latest revision whose tombstones may have been forgotten.</param>
    /// <exception cref="CursorExpiredException">The feed cannot go on from it.</exception>
    /// <exception cref="ArgumentException">It is not a cursor.</exception>
    public FeedPosition Resolve(FeedCursor cursor, long latest, long horizon)
    {
        if (cursor == FeedCursor.Beginning)
        {
            return new FeedPosition(Epoch, 0, 0, horizon);
        }

        if (cursor == FeedCursor.End)
        {
            return new FeedPosition(Epoch, 0, latest, horizon);
        }

        var position = FeedPosition.Parse(cursor);
        if (position.Epoch != Epoch)
        {
            throw new CursorExpiredException("it belongs to another store, or to another epoch of this one");
        }

        if (position.Sequence != 0 && !Holds(position, latest))
        {
            throw new CursorExpiredException("the store was restored to an earlier time, or the cursor is very old");
        }

        return Math.Max(position.Sequence, position.WalkHorizon) >= horizon
            ? position
            : throw new CursorExpiredException("deletions after it have been compacted away");
    }

    private bool Holds(FeedPosition position, long latest)
    {
        for (var i = 0; i < Segments.Length; i++)
        {
            if (Segments[i].Salt == position.Salt)
            {
                var end = i + 1 < Segments.Length ? Segments[i + 1].Start : latest;
                return position.Sequence > Segments[i].Start && position.Sequence <= end;
            }
        }

        return false;
    }
}
