using System.Globalization;
using Undercroft.Files.Naming;
using Undercroft.Files.Values;

namespace Undercroft.Files.Tree;

/// <summary>Where everything is.</summary>
/// <param name="root">The store's directory.</param>
internal sealed class TreePaths(string root)
{
    /// <summary>The directory in the store's that holds all that is not a document.</summary>
    public const string InnerName = ".undercroft";

    /// <summary>In each collection's folder, a file on its way to its name; after a swap, what had the name before. In
    /// the same folder renames cost least.</summary>
    public const string NextName = ".undercroft-next";

    /// <summary>In each collection's folder, a file on its way out.</summary>
    public const string OldName = ".undercroft-old";

    public const string JsonExtension = ".json";
    public const string BinaryExtension = ".bin";

    private const string SegmentPrefix = "journal-";
    private const string IndexPrefix = "index-";

    private readonly Dictionary<string, string> collections = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public string Root => root;

    public string Inner { get; } = Path.Combine(root, InnerName);

    public string Head => Path.Combine(Inner, "head");

    public string Lock => Path.Combine(Inner, "lock");

    public string Holder => Path.Combine(Inner, "holder");

    public string Quarantine => Path.Combine(Inner, "quarantine");

    public string Temp { get; } = Path.Combine(root, InnerName, "tmp");

    /// <summary>Written to learn what time the file system has.</summary>
    public string TempClock => Path.Combine(Temp, "clock");

    /// <summary>The extension of a kind of value.</summary>
    public static string ExtensionOf(ValueKind kind) => kind == ValueKind.Json ? JsonExtension : BinaryExtension;

    /// <summary>The number in the name of a journal segment; −1 where it is none.</summary>
    public static long SegmentNumber(string name) => NumberIn(name, SegmentPrefix);

    /// <summary>The number in the name of an index file; −1 where it is none.</summary>
    public static long IndexNumber(string name) => NumberIn(name, IndexPrefix);

    public string Segment(long number) => Path.Combine(Inner, Numbered(SegmentPrefix, number));

    public string Index(long number) => Path.Combine(Inner, Numbered(IndexPrefix, number));

    /// <summary>The directory of a collection.</summary>
    public string DirectoryOf(string collection)
    {
        lock (gate)
        {
            if (collections.TryGetValue(collection, out var known))
            {
                return known;
            }

            // Collections are few; what made them many is no reason to remember them all.
            if (collections.Count >= 1024)
            {
                collections.Clear();
            }

            return collections[collection] = Path.Combine(root, TreeNames.Of(collection));
        }
    }

    /// <summary>The file on its way in a collection.</summary>
    public string NextIn(string collection) => Path.Combine(DirectoryOf(collection), NextName);

    /// <summary>The file of a record.</summary>
    public string FileOf(RecordKey key, ValueKind kind) => string.Concat(
        DirectoryOf(key.Collection), Path.DirectorySeparatorChar.ToString(), TreeNames.Of(key.Id), ExtensionOf(kind));

    /// <summary>A path as messages show it: from the store's directory on.</summary>
    public string Show(string path) => Names.Show(Path.GetRelativePath(root, path));

    private static string Numbered(string prefix, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:D8}");

    private static long NumberIn(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) &&
        long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : -1;
}
