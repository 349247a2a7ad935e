using Undercroft.Indexes;

namespace Undercroft;

/// <summary>Tags as they are kept: in the meta for reading, in an index of their own for finding.</summary>
internal static class TagSet
{
    public const string MetaName = "$tags";
    public const string IndexName = "$tag";

    private const char Separator = '\n';

    public static IReadOnlyList<string> Of(RecordMeta meta) =>
        meta[MetaName] is { Length: > 0 } text ? text.Split(Separator) : [];

    public static RecordMeta Write(RecordMeta meta, IReadOnlyCollection<string> tags)
    {
        if (tags.Count == 0)
        {
            return meta.Without(MetaName);
        }

        foreach (var tag in tags)
        {
            if (string.IsNullOrEmpty(tag) || tag.AsSpan().ContainsAnyInRange('\0', '\u001f') ||
                Names.LoneSurrogateAt(tag) >= 0)
            {
                throw new ArgumentException(
                    $"{Names.Show(tag)} is no tag: expected text without control characters. Choose another.",
                    nameof(tags));
            }
        }

        var sorted = tags.Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(sorted, static (a, b) => Utf8Order.Compare(a, b));
        return meta.With(MetaName, string.Join(Separator, sorted));
    }

    public static void AddEntries(RecordMeta meta, List<IndexEntry> entries)
    {
        foreach (var tag in Of(meta))
        {
            entries.Add(new IndexEntry(IndexName, Key(tag)));
        }
    }

    public static ReadOnlyMemory<byte> Key(string tag) => IndexKeyWriter.EncodeString(tag);
}
