using Undercroft.Migrations;

namespace Undercroft.Blobs;

/// <summary>Where blobs are kept.</summary>
internal static class BlobKeys
{
    /// <summary>Blobs by their name: JSON documents that name the root.</summary>
    public const string Blobs = "$blobs";

    /// <summary>Raw bytes by their hash.</summary>
    public const string Chunks = "$chunks";

    /// <summary>Lists of parts, by level and hash.</summary>
    public const string Lists = "$chunk-lists";

    /// <summary>Uploads under way, and finished ones that wait for a name.</summary>
    public const string Uploads = "$blob-uploads";

    /// <summary>What the collector remembers; it only means something in its store.</summary>
    public const string CollectorCollection = "$blob-collector";

    /// <summary>The collection of <see cref="Uploads"/>, as transactions want it told.</summary>
    public static CollectionShape UploadsShape { get; } = new(Uploads, [], PlainForm.Instance);

    /// <summary>Counts the commits that made a new reference to a part. What it comes to means nothing; that it has not
    /// changed tells the collector that nothing new refers to anything.</summary>
    public static RecordKey References { get; } = new(Counter.Collection, "$blob-references");

    /// <summary>What the collector remembers between its runs.</summary>
    public static RecordKey Collector { get; } = new(CollectorCollection, "horizons");

    public static string ListPrefix(int level) => $"{level}-";

    public static RecordKey Upload(string id) => new(Uploads, id);
}
