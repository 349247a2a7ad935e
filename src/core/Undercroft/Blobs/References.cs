using System.Text.Json;

namespace Undercroft.Blobs;

/// <summary>Tells which parts a record refers to.</summary>
internal static class References
{
    /// <summary>The collections whose records refer to parts.</summary>
    public static IReadOnlyList<string> Collections { get; } = [BlobKeys.Blobs, BlobKeys.Uploads, BlobKeys.Lists];

    /// <summary>Lists the parts a record refers to.</summary>
    /// <exception cref="StoreException">It cannot be told, for the record is damaged. What it refers to must not be
    /// deleted then, so nothing may.</exception>
    public static IEnumerable<BlobNode> Of(StoreRecord record)
    {
        var parts = record.Key.Collection switch
        {
            BlobKeys.Blobs => OfBlob(record),
            BlobKeys.Uploads => [.. UploadState.Read(record).References],
            _ => OfList(record),
        };
        return parts ?? throw new StoreException(
            StoreErrorKind.Corrupt,
            $"Cannot collect chunks: the record {Names.Show(record.Key.ToString())} is damaged, and what it refers " +
            "to cannot be told. Verify the blobs, and put the damaged ones again or delete them.");
    }

    private static BlobNode[]? OfBlob(StoreRecord record)
    {
        try
        {
            var fault = "";
            var blob = JsonSerializer.Deserialize(record.Value.Span, BlobJson.Default.BlobRecordV1);
            var root = blob?.RootOf(out fault);
            return fault is not null ? null : root is { } node ? [node] : [];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BlobNode[]? OfList(StoreRecord record)
    {
        var id = record.Key.Id;
        return id.Length > 2 && id[1] == '-' && char.IsAsciiDigit(id[0]) &&
            ContentHash.TryParse(id[2..], out var hash) && hash == ContentHash.Of(record.Value.Span)
                ? ChunkList.TryParse(id[0] - '0', record.Value.Span)
                : null;
    }
}
