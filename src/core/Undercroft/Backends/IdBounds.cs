namespace Undercroft.Backends;

/// <summary>The bounds of a range of ids, a prefix turned into bounds.</summary>
/// <param name="From">The first id, itself included; empty means no bound.</param>
/// <param name="Before">The end, itself excluded; null means no bound.</param>
public readonly record struct IdBounds(string From, string? Before)
{
    /// <summary>The bounds of a range without an index.</summary>
    public static IdBounds Of(ScanRange range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return range.IdPrefix is { } prefix
            ? new IdBounds(prefix, After(prefix))
            : new IdBounds(range.FromId ?? string.Empty, range.BeforeId);
    }

    /// <summary>Says whether an id is before the range.</summary>
    public bool IsBelow(string id) => Utf8Order.Compare(id, From) < 0;

    /// <summary>Says whether an id is behind the range.</summary>
    public bool IsAbove(string id) => Before is not null && Utf8Order.Compare(id, Before) >= 0;

    /// <summary>The least text that is above all texts with a prefix; null where there is none.</summary>
    private static string? After(string prefix)
    {
        for (var end = prefix.Length; end > 0;)
        {
            var isPair = end > 1 && char.IsSurrogatePair(prefix[end - 2], prefix[end - 1]);
            var last = isPair ? char.ConvertToUtf32(prefix[end - 2], prefix[end - 1]) : prefix[end - 1];
            end -= isPair ? 2 : 1;
            if (last < 0x10FFFF)
            {
                // The surrogates are no characters: the next after U+D7FF is U+E000.
                return string.Concat(prefix.AsSpan(0, end), char.ConvertFromUtf32(last == 0xD7FF ? 0xE000 : last + 1));
            }
        }

        return null;
    }
}
