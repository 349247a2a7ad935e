using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Gives records the keys an index over the order's fields would: so a sort and an index agree.</summary>
internal sealed class SortKeys
{
    private readonly (int Slot, bool IsDescending, KeyIntervals? Bounds)[] fields;
    private readonly FieldProbe probe;

    public SortKeys(IReadOnlyList<IndexField> order, Conjuncts conjuncts)
    {
        var slots = new SlotList();
        fields =
        [
            .. order.Select(field => (slots.Of(field.Path, field.Kind), field.IsDescending, conjuncts.BoundsOf(field))),
        ];
        probe = slots.ToProbe();
    }

    /// <summary>Writes the key of a record.</summary>
    public void Write(StoreRecord record, IndexKeyWriter into)
    {
        var captures = probe.Rent();
        probe.Run(record, captures);
        into.Clear();
        foreach (var (slot, isDescending, bounds) in fields)
        {
            into.IsDescending = isDescending;
            var best = Best(captures, slot, isDescending, bounds);
            if (best < 0)
            {
                into.WriteNull();
            }
            else
            {
                into.WriteEncoded(captures.Value(best));
            }
        }

        probe.Return(captures);
    }

    private static int Best(FieldCaptures captures, int slot, bool isDescending, KeyIntervals? bounds)
    {
        var best = -1;
        for (var capture = captures.First(slot); capture >= 0; capture = captures.Next(capture))
        {
            var value = captures.Value(capture);
            if (bounds is not null && !bounds.Contains(value))
            {
                continue;
            }

            var order = best < 0 ? -1 : value.SequenceCompareTo(captures.Value(best));
            best = best < 0 || (isDescending ? order > 0 : order < 0) ? capture : best;
        }

        return best;
    }
}
