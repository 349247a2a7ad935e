namespace Undercroft.Backends;

/// <summary>A record by key, for <see cref="RecordTable"/>.</summary>
internal readonly record struct KeyRow(RecordKey Key, StoreRecord? Record)
{
    internal struct Order : IComparer<KeyRow>
    {
        public readonly int Compare(KeyRow x, KeyRow y) => CompareKeys(x.Key, y.Key);
    }

    internal static int CompareKeys(RecordKey left, RecordKey right)
    {
        if (!ReferenceEquals(left.Collection, right.Collection) &&
            Utf8Order.Compare(left.Collection, right.Collection) is var order and not 0)
        {
            return order;
        }

        return Utf8Order.Compare(left.Id, right.Id);
    }
}

/// <summary>An index entry by index, key and id, for <see cref="RecordTable"/>.</summary>
/// <remarks>A null id is before all ids, so that a probe with it stands at the first entry of a key.</remarks>
internal readonly record struct EntryRow(string Collection, string Index, ReadOnlyMemory<byte> Key, string? Id)
{
    internal struct Order : IComparer<EntryRow>
    {
        public readonly int Compare(EntryRow x, EntryRow y)
        {
            var order = CompareText(x.Collection, y.Collection);
            order = order != 0 ? order : CompareText(x.Index, y.Index);
            order = order != 0 ? order : x.Key.Span.SequenceCompareTo(y.Key.Span);
            return order != 0 ? order : CompareText(x.Id, y.Id);
        }

        private static int CompareText(string? left, string? right) =>
            ReferenceEquals(left, right) ? 0
            : left is null ? -1
            : right is null ? 1
            : Utf8Order.Compare(left, right);
    }
}

/// <summary>A record by a number and its key: by revision for the feed, by expiry for the sweep.</summary>
internal readonly record struct NumberRow(long Number, RecordKey Key)
{
    internal struct Order : IComparer<NumberRow>
    {
        public readonly int Compare(NumberRow x, NumberRow y)
        {
            var order = x.Number.CompareTo(y.Number);
            if (order != 0)
            {
                return order;
            }

            return (x.Key.Id, y.Key.Id) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                _ => KeyRow.CompareKeys(x.Key, y.Key),
            };
        }
    }
}
