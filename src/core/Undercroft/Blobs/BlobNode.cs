namespace Undercroft.Blobs;

/// <summary>Names a part of a blob: a chunk, or a list of parts one level below.</summary>
/// <param name="Level">0 for a chunk; for a list, one more than its parts have.</param>
/// <param name="Hash">The hash of the chunk's or the list's bytes.</param>
/// <param name="Length">How many bytes of the blob are in it.</param>
internal readonly record struct BlobNode(int Level, ContentHash Hash, long Length)
{
    /// <summary>Lists of 512 make this enough for 512⁸ chunks; what is deeper is damaged.</summary>
    public const int LevelMax = 8;

    /// <summary>The record that holds it.</summary>
    public RecordKey Key => Level == 0
        ? new RecordKey(BlobKeys.Chunks, Hash.ToString())
        : new RecordKey(BlobKeys.Lists, BlobKeys.ListPrefix(Level) + Hash);

    public override string ToString() => Level == 0 ? $"chunk {Hash}" : $"list {BlobKeys.ListPrefix(Level)}{Hash}";
}
