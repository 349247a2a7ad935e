using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Says under which of its entries a record counts: the first in the walk that lies in its stretches. So a
/// record with several entries comes once, on whatever page that is.</summary>
internal sealed class EntryPicker
{
    private readonly ScanSource source;
    private readonly IndexSet? set;

    public EntryPicker(ScanSource source)
    {
        this.source = source;
        set = source.Index is null ? null : new IndexSet([source.Index]);
    }

    /// <summary>Whether a record may have several entries at all.</summary>
    public bool MayRepeat(StoreRecord record) => source.CanRepeat && (set is null || set.HasSeveral(record));

    /// <summary>The entry a record counts under, its key and its position; null where none is in the stretches.
    /// </summary>
    public (ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Position)? Pick(StoreRecord record)
    {
        (ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Position)? best = null;
        foreach (var key in KeysOf(record))
        {
            if (PositionOf(key) is not { } position)
            {
                continue;
            }

            var order = best is { } known ? position.Span.SequenceCompareTo(known.Position.Span) : -1;
            if (best is null || (source.IsReverse ? order > 0 : order < 0))
            {
                best = (key, position);
            }
        }

        return best;
    }

    private IEnumerable<ReadOnlyMemory<byte>> KeysOf(StoreRecord record) => set is null
        ? TagSet.Of(record.Meta).Select(TagSet.Key)
        : set.Compute(record.Key, record.Value)
            .Where(static entry => entry.Index != IndexSet.ManyIndex)
            .Select(static entry => entry.Key);

    private ReadOnlyMemory<byte>? PositionOf(ReadOnlyMemory<byte> key)
    {
        foreach (var range in source.Ranges)
        {
            if (key.Span.SequenceCompareTo(range.From) >= 0 &&
                (range.Before is null || key.Span.SequenceCompareTo(range.Before) < 0))
            {
                return source.IsMerged ? key[range.PrefixLength..] : key;
            }
        }

        return null;
    }
}
