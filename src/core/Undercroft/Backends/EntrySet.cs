namespace Undercroft.Backends;

/// <summary>Index entries in their normal form: by index, then by key, each once, with bytes of their own.</summary>
public static class EntrySet
{
    /// <summary>Brings entries into normal form. The bytes are copied.</summary>
    public static IReadOnlyList<IndexEntry> Normalize(IReadOnlyList<IndexEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
        {
            return [];
        }

        var size = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            size += entries[i].Key.Length;
        }

        var bytes = new byte[size];
        var copies = new IndexEntry[entries.Count];
        var at = 0;
        for (var i = 0; i < copies.Length; i++)
        {
            var entry = entries[i];
            entry.Key.Span.CopyTo(bytes.AsSpan(at));
            copies[i] = entry with { Key = bytes.AsMemory(at, entry.Key.Length) };
            at += entry.Key.Length;
        }

        if (copies.Length == 1)
        {
            return copies;
        }

        Array.Sort(copies, Compare);
        return Distinct(copies);
    }

    /// <summary>Orders entries by index, then by key.</summary>
    public static int Compare(IndexEntry left, IndexEntry right)
    {
        var order = Utf8Order.Compare(left.Index, right.Index);
        return order != 0 ? order : left.Key.Span.SequenceCompareTo(right.Key.Span);
    }

    /// <summary>Walks two normal sets at once and names what one has and the other lacks.</summary>
    /// <param name="before">The old entries.</param>
    /// <param name="after">The new entries.</param>
    /// <param name="removed">Called for each entry only the old set has.</param>
    /// <param name="added">Called for each entry only the new set has.</param>
    public static void Difference(
        IReadOnlyList<IndexEntry> before,
        IReadOnlyList<IndexEntry> after,
        Action<IndexEntry> removed,
        Action<IndexEntry> added)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(added);

        int i = 0, j = 0;
        while (i < before.Count || j < after.Count)
        {
            var order = i == before.Count ? 1 : j == after.Count ? -1 : Compare(before[i], after[j]);
            if (order < 0)
            {
                removed(before[i++]);
            }
            else if (order > 0)
            {
                added(after[j++]);
            }
            else
            {
                i++;
                j++;
            }
        }
    }

    private static IndexEntry[] Distinct(IndexEntry[] sorted)
    {
        var count = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (Compare(sorted[count - 1], sorted[i]) != 0)
            {
                sorted[count++] = sorted[i];
            }
            else if (sorted[i].IsUnique)
            {
                sorted[count - 1] = sorted[i];
            }
        }

        return count == sorted.Length ? sorted : sorted[..count];
    }
}
