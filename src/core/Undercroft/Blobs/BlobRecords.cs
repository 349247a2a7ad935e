using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Blobs;

/// <summary>A blob as its record holds it, version 1 of its form.</summary>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">The SHA-256 of all its bytes, in hexadecimal.</param>
/// <param name="ContentType">What its bytes are; null where nobody said.</param>
/// <param name="Level">The level of its root.</param>
/// <param name="Root">The hash of its root; null for a blob without bytes.</param>
internal sealed record BlobRecordV1(long Length, string Sha256, string? ContentType, int Level, string? Root)
{
    /// <summary>The root; null for a blob without bytes.</summary>
    /// <param name="fault">What is wrong with the record; null where nothing is.</param>
    public BlobNode? RootOf(out string? fault)
    {
        var isHash = ContentHash.TryParse(Root, out var root);
        fault =
            Length < 0 || !ContentHash.TryParse(Sha256, out _) ? "it has no length or SHA-256"
            : Length == 0 != Root is null ? "its root does not fit its length"
            : Root is not null && !isHash ? "its root is no hash"
            : Level is < 0 or > BlobNode.LevelMax ? "its root is at a level there is not"
            : null;
        return isHash ? new BlobNode(Level, root, Length) : null;
    }
}

/// <summary>An upload as its record holds it, version 1 of its form.</summary>
/// <param name="Length">How many bytes are stored.</param>
/// <param name="Chunks">The least, average and greatest length of its chunks.</param>
/// <param name="Open">By level: the parts that are in no list yet, as in a list.</param>
/// <param name="Sha256">The SHA-256 of all bytes, once it is finished.</param>
/// <param name="Level">The level of the root.</param>
/// <param name="Root">The hash of the root, once it is finished; null for no bytes.</param>
internal sealed record UploadRecordV1(
    long Length,
    IReadOnlyList<int> Chunks,
    IReadOnlyList<byte[]> Open,
    string? Sha256 = null,
    int Level = 0,
    string? Root = null);

/// <summary>What the collector has seen, version 1 of its form.</summary>
/// <param name="Epoch">The history of the store they belong to.</param>
/// <param name="Horizons">When it ran, and up to which revision the store went then; the latest last.</param>
internal sealed record CollectorRecordV1(Guid Epoch, IReadOnlyList<CollectorHorizonV1> Horizons);

/// <summary>A moment of a store.</summary>
/// <param name="At">The moment.</param>
/// <param name="Revision">The latest revision at it.</param>
internal sealed record CollectorHorizonV1(DateTimeOffset At, long Revision);

/// <summary>The JSON of the records of blobs.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BlobRecordV1))]
[JsonSerializable(typeof(UploadRecordV1))]
[JsonSerializable(typeof(CollectorRecordV1))]
internal sealed partial class BlobJson : JsonSerializerContext;
