namespace Undercroft.Blobs;

/// <summary>The sentences for what can be wrong with blobs.</summary>
internal static class BlobErrors
{
    /// <summary>A part holds other bytes than its name says.</summary>
    public static StoreException Mismatch(string blob, BlobNode node, ContentHash found) => Corrupt(
        $"The blob {Names.Show(blob)} is damaged: its {node} holds bytes whose SHA-256 is {found}; expected " +
        $"{node.Hash}. Put the blob again, or restore it from a backup.");

    /// <summary>A part has the right bytes for its name, and they are not what the blob needs.</summary>
    public static StoreException Malformed(string blob, BlobNode node, long found) => Corrupt(
        $"The blob {Names.Show(blob)} is damaged: its {node} must stand for {node.Length} bytes of it; found " +
        $"{found} bytes that do not. Put the blob again, or restore it from a backup.");

    /// <summary>A part is not there.</summary>
    public static StoreException Missing(string blob, BlobNode node) => Corrupt(
        $"The blob {Names.Show(blob)} is damaged: its {node} is missing; expected {node.Length} bytes, found no " +
        "record. Put the blob again, or restore it from a backup.");

    /// <summary>The blob's record makes no sense.</summary>
    public static StoreException BadRecord(RecordKey key, string fault) => Corrupt(
        $"The record {Names.Show(key.ToString())} is no blob's: {fault}. Put the blob again, or restore the record " +
        "from a backup.");

    /// <summary>All bytes together are not what was written.</summary>
    public static StoreException WrongTotal(string blob, string expected, string found) => Corrupt(
        $"The blob {Names.Show(blob)} is damaged: the SHA-256 of its bytes is {found}; expected {expected}. Put the " +
        "blob again, or restore it from a backup.");

    /// <summary>The caller said which bytes would come, and others came.</summary>
    public static StoreException NotAsExpected(string expected, string found) => Corrupt(
        $"The bytes given are not those expected: their SHA-256 is {found}; expected {expected}. Nothing was put. " +
        "Get them again from where they come from.");

    /// <summary>Somebody replaced or deleted the blob while it was read.</summary>
    public static StoreException Gone(string blob) => new(
        StoreErrorKind.Conflict,
        $"The blob {Names.Show(blob)} was replaced or deleted while it was read, and its old bytes were collected. " +
        "Open it again.")
    {
        IsTransient = true,
    };

    /// <summary>Somebody else goes on with the upload, or it has ended.</summary>
    public static StoreException UploadMoved(string id) => new(
        StoreErrorKind.Conflict,
        $"The upload {Names.Show(id)} is no longer where this writer left it: another one goes on with it, or it " +
        "has expired. Begin it again to see where it is.");

    /// <summary>What was staged has been used, or has expired.</summary>
    public static StoreException NotStaged(string id) => new(
        StoreErrorKind.Conflict,
        $"What was staged as {Names.Show(id)} is not there: it was put under a name before, or has expired. Stage " +
        "it again.");

    /// <summary>Others keep changing what a commit depends on.</summary>
    public static StoreException KeepsChanging(string id) => new(
        StoreErrorKind.Conflict,
        $"Cannot store chunks of the upload {Names.Show(id)}: others keep writing and collecting the same ones. Try " +
        "again later.")
    {
        IsTransient = true,
    };

    /// <summary>What is unreachable now may be what a copy has brought ahead of what refers to it.</summary>
    public static StoreException IsCopiedInto(StoreInfo store) => new(
        StoreErrorKind.InUse,
        $"Cannot collect chunks in '{store.Location ?? store.Backend}': a copy or restore into it is at work, and " +
        "brings chunks before what refers to them. Collect in its source meanwhile, or here when it has ended.")
    {
        Backend = store.Backend,
        IsTransient = true,
    };

    private static StoreException Corrupt(string message) => new(StoreErrorKind.Corrupt, message);
}
