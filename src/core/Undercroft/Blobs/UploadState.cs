using System.Text.Json;

namespace Undercroft.Blobs;

/// <summary>The record of an upload: how far it has come, and what it refers to.</summary>
internal sealed class UploadState
{
    private UploadState(RecordKey key, Revision revision, ChunkSizes sizes, ListBuilder lists)
    {
        Key = key;
        Revision = revision;
        Sizes = sizes;
        Lists = lists;
    }

    public RecordKey Key { get; }

    /// <summary>Where the record stands; none where there is none yet.</summary>
    public Revision Revision { get; set; }

    public ChunkSizes Sizes { get; }

    public ListBuilder Lists { get; }

    /// <summary>How many bytes are stored.</summary>
    public long Length { get; set; }

    /// <summary>The SHA-256 of all bytes, once the upload is finished.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The root, once the upload is finished; null for no bytes.</summary>
    public BlobNode? Root { get; set; }

    /// <summary>The parts the record refers to.</summary>
    public IEnumerable<BlobNode> References =>
        Sha256 is null ? Lists.Open.SelectMany(static level => level) : Root is { } root ? [root] : [];

    public static UploadState Begin(RecordKey key, ChunkSizes sizes) =>
        new(key, Revision.None, sizes, new ListBuilder());

    /// <summary>Reads an upload's record.</summary>
    /// <exception cref="StoreException">It is none.</exception>
    public static UploadState Read(StoreRecord record)
    {
        try
        {
            var read = JsonSerializer.Deserialize(record.Value.Span, BlobJson.Default.UploadRecordV1);
            if (read is { Chunks: [var min, var average, var max], Open: { } open, Length: >= 0 } &&
                new ChunkSizes(min, average, max) is var sizes && sizes.Fault(int.MaxValue) is null &&
                open.Select((bytes, level) => ChunkList.TryParseParts(level, bytes)).ToList() is var parts &&
                !parts.Contains(null))
            {
                var root = ContentHash.TryParse(read.Root, out var hash)
                    ? new BlobNode(read.Level, hash, read.Length)
                    : (BlobNode?)null;
                return new UploadState(record.Key, record.Revision, sizes, new ListBuilder(parts!))
                {
                    Length = read.Length,
                    Sha256 = read.Sha256,
                    Root = root,
                };
            }
        }
        catch (JsonException)
        {
            // Told below, with what else it may be.
        }

        throw new StoreException(
            StoreErrorKind.Corrupt,
            $"The record {Names.Show(record.Key.ToString())} is no upload's. Delete it, and begin the upload again.");
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        new UploadRecordV1(
            Length,
            [Sizes.Min, Sizes.Average, Sizes.Max],
            Sha256 is null ? [.. Lists.Open.Select(ChunkList.FormatParts)] : [],
            Sha256,
            Root?.Level ?? 0,
            Root?.Hash.ToString()),
        BlobJson.Default.UploadRecordV1);
}
