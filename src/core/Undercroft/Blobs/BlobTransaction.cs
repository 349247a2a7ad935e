namespace Undercroft.Blobs;

/// <summary>The blobs as a transaction sees them. What it does to them becomes visible with everything else it writes,
/// in one commit: a document and the blob it names are both there or neither is.</summary>
/// <remarks>Bytes are stored before the transaction, with <see cref="BlobStore.StageAsync"/>: its body may run several
/// times. Reading a blob's information makes the transaction depend on it, as with documents.</remarks>
public sealed class BlobTransaction
{
    private readonly TransactionScope scope;
    private readonly IRepository<BlobRecordV1> blobs;

    internal BlobTransaction(TransactionScope scope)
    {
        this.scope = scope;
        blobs = scope.Repository(BlobStore.Definition);
    }

    /// <summary>Reads what is known of a blob.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<BlobInfo?> GetAsync(string name, CancellationToken cancellationToken = default) =>
        await blobs.GetAsync(name, cancellationToken).ConfigureAwait(false) is { } found ? new BlobInfo(found) : null;

    /// <summary>Puts staged bytes under a name. They can be put once; for a second name, copy the first.</summary>
    /// <param name="name">The name.</param>
    /// <param name="staged">What <see cref="BlobStore.StageAsync"/> or <see cref="BlobUpload"/> gave.</param>
    /// <param name="options">Content type, tags and expiry; null means none, and those there are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreException">What was staged was used before, or has expired:
    /// <see cref="StoreErrorKind.Conflict"/>.</exception>
    /// <exception cref="RevisionConflictException">The name is not at the revision expected.</exception>
    public async ValueTask<BlobInfo> PutAsync(
        string name,
        StagedBlob staged,
        BlobWriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(staged);
        _ = new RecordKey(BlobKeys.Blobs, name);
        var key = BlobKeys.Upload(staged.Id);
        var read = await scope.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
        if (read[0] is not { } record || UploadState.Read(record) is not { Sha256: { } sha256 } state ||
            sha256 != staged.Sha256)
        {
            throw BlobErrors.NotStaged(staged.Id);
        }

        // The upload refers to the root until the very commit in which the name does: the root is there.
        scope.Buffer.Delete(key, BlobKeys.UploadsShape);
        return await WriteAsync(name, state.Length, sha256, state.Root, options, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Puts the bytes of one blob under another name too. None of them is copied.</summary>
    /// <param name="name">The blob there is.</param>
    /// <param name="copy">The other name.</param>
    /// <param name="options">Content type, tags and expiry of the copy; null takes the blob's content type.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The copy; null where there is no such blob.</returns>
    /// <exception cref="RevisionConflictException">The other name is not at the revision expected.</exception>
    public async ValueTask<BlobInfo?> CopyAsync(
        string name,
        string copy,
        BlobWriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        _ = new RecordKey(BlobKeys.Blobs, copy);
        if (await GetAsync(name, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        options ??= new BlobWriteOptions { ContentType = found.ContentType };
        return await WriteAsync(copy, found.Length, found.Sha256, found.Root, options, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Deletes a blob. Its chunks go with the next collection, unless something else refers to them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">The revision it was read at; null deletes it at any. <see cref="Revision.None"/> is no
    /// revision, and refused.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one. With <paramref name="expected"/> a missing blob is a conflict.</returns>
    /// <exception cref="RevisionConflictException">It is not at the revision expected.</exception>
    public ValueTask<bool> DeleteAsync(
        string name, Revision? expected = null, CancellationToken cancellationToken = default) =>
        blobs.DeleteAsync(name, expected, cancellationToken);

    private async ValueTask<BlobInfo> WriteAsync(
        string name,
        long length,
        string sha256,
        BlobNode? root,
        BlobWriteOptions? options,
        CancellationToken cancellationToken)
    {
        options ??= BlobWriteOptions.Default;
        BlobStore.CheckContentType(options.ContentType);
        var record = new BlobRecordV1(
            length, sha256, options.ContentType, root?.Level ?? 0, root?.Hash.ToString());
        var write = options.ToWriteOptions();
        var written = options.Expected switch
        {
            null => await blobs.UpsertAsync(name, record, write, cancellationToken).ConfigureAwait(false),
            { } revision when revision == Revision.None =>
                await blobs.CreateAsync(name, record, write, cancellationToken).ConfigureAwait(false),
            { } revision =>
                await blobs.UpdateAsync(name, revision, record, write, cancellationToken).ConfigureAwait(false),
        };
        scope.Buffer.Add(BlobKeys.References, 1);
        return new BlobInfo(written);
    }
}
