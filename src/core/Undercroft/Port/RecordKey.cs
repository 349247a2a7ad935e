using System.Diagnostics.CodeAnalysis;

namespace Undercroft;

/// <summary>The name of a record: a collection and an id in it. Ordered by the UTF-8 bytes of both.</summary>
/// <remarks>
/// Any valid Unicode text is an id: <c>..</c>, <c>/</c>, other scripts and ids that differ only by letter case are
/// all kept apart on every backend. Refused: the empty string, U+0000, lone surrogates and anything over the limits.
/// Collections that begin with <c>$</c> belong to Undercroft.
/// </remarks>
public readonly record struct RecordKey : IComparable<RecordKey>
{
    /// <summary>The longest collection name, in UTF-8 bytes.</summary>
    public const int CollectionBytesMax = 128;

    /// <summary>The longest id, in UTF-8 bytes.</summary>
    public const int IdBytesMax = 1024;

    /// <summary>Names a record.</summary>
    /// <param name="collection">The collection, 1 to 128 bytes in UTF-8.</param>
    /// <param name="id">The id in the collection, 1 to 1,024 bytes in UTF-8.</param>
    /// <exception cref="ArgumentException">A part is empty, too long, holds U+0000 or is not valid Unicode.</exception>
    public RecordKey(string collection, string id)
    {
        CheckCollection(collection);
        CheckPart(id, "id", IdBytesMax);
        Collection = collection;
        Id = id;
    }

    private RecordKey(string collection, string id, bool isChecked)
    {
        _ = isChecked;
        Collection = collection;
        Id = id;
    }

    /// <summary>The collection's name.</summary>
    public string Collection { get; }

    /// <summary>The id in the collection.</summary>
    public string Id { get; }

    /// <summary>Refuses a name no collection can have.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, holds U+0000 or is not valid Unicode.</exception>
    public static void CheckCollection([NotNull] string? collection) =>
        CheckPart(collection, "collection", CollectionBytesMax);

    /// <summary>Names a record of a collection whose name was checked before.</summary>
    /// <exception cref="ArgumentException">The id is empty, too long, holds U+0000 or is not valid Unicode.</exception>
    internal static RecordKey In(string checkedCollection, string id)
    {
        CheckPart(id, "id", IdBytesMax);
        return new RecordKey(checkedCollection, id, isChecked: true);
    }

    /// <summary>Makes a place between keys that need not be a key itself: a bound of a range.</summary>
    internal static RecordKey Bound(string collection, string id) => new(collection, id, isChecked: true);

    /// <inheritdoc/>
    public int CompareTo(RecordKey other)
    {
        var order = Utf8Order.Compare(Collection, other.Collection);
        return order != 0 ? order : Utf8Order.Compare(Id, other.Id);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Collection}/{Id}";

    private static void CheckPart([NotNull] string? part, string what, int bytesMax)
    {
        ArgumentException.ThrowIfNullOrEmpty(part, what);

        // Every read passes here: one look at each character tells whether there is anything to look into.
        var isOrdinary = part.Length * 3 <= bytesMax;
        foreach (var c in part)
        {
            isOrdinary &= c != '\0' && (c & 0xF800) != 0xD800;
        }

        if (!isOrdinary)
        {
            CheckOdd(part, what, bytesMax);
        }
    }

    private static void CheckOdd(string part, string what, int bytesMax)
    {
        if (part.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The {what} {Names.Show(part)} holds the character U+0000; use any other text.", what);
        }

        Names.CheckUnicode(part, what);
        if (Utf8Order.ByteCount(part) is var bytes && bytes > bytesMax)
        {
            throw new ArgumentException(
                $"The {what} {Names.Show(part)} has {bytes} bytes in UTF-8; at most {bytesMax} are allowed. Shorten " +
                "it.",
                what);
        }
    }
}
