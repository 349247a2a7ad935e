using System.Runtime.CompilerServices;
using Undercroft.Queries;

namespace Undercroft.Blobs;

/// <summary>The blobs of a storage: bytes of any length under names, cut into chunks that blobs share. Safe for many
/// threads.</summary>
/// <remarks>Bytes are streamed: no call holds more than a few chunks in memory. Each chunk is named by its SHA-256 and
/// checked whenever it is read. See <c>docs/guides/blobs.md</c>.</remarks>
public sealed class BlobStore
{
    private const int ContentTypeMax = 255;

    private readonly Storage storage;
    private readonly DirectScope scope;
    private readonly Repository<BlobRecordV1> blobs;

    internal BlobStore(Storage storage, DirectScope scope)
    {
        this.storage = storage;
        this.scope = scope;
        blobs = new Repository<BlobRecordV1>(Definition, scope);
    }

    internal static CollectionDefinition<BlobRecordV1> Definition { get; } =
        CollectionDefinition<BlobRecordV1>.Own(BlobKeys.Blobs, BlobJson.Default.BlobRecordV1);

    /// <summary>Stores the bytes of a stream under a name.</summary>
    /// <param name="name">The name: any text that can be an id.</param>
    /// <param name="content">The bytes, from where the stream stands to its end. It is not closed.</param>
    /// <param name="options">Content type, tags, expiry and the revision expected; null means none, and to replace
    /// whatever there is.</param>
    /// <param name="cancellationToken">Ends the work; the blob is put whole or not at all. Chunks stored by then are
    /// collected later.</param>
    /// <exception cref="RevisionConflictException">The name is not at the revision expected. Nothing was put.
    /// </exception>
    /// <exception cref="LimitExceededException">There are more bytes than <see cref="BlobOptions.LengthMax"/>. Nothing
    /// was put.</exception>
    public async ValueTask<BlobInfo> PutAsync(
        string name,
        Stream content,
        BlobWriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        _ = new RecordKey(BlobKeys.Blobs, name);
        CheckContentType(options?.ContentType);
        var staged = await StageAsync(content, null, cancellationToken).ConfigureAwait(false);
        return await PutAsync(name, staged, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts staged bytes under a name.</summary>
    /// <param name="name">The name: any text that can be an id.</param>
    /// <param name="staged">The bytes; they can be put once.</param>
    /// <param name="options">Content type, tags, expiry and the revision expected; null means none, and to replace
    /// whatever there is.</param>
    /// <param name="cancellationToken">Ends the wait; the blob may still be put.</param>
    /// <exception cref="StoreException">What was staged was used before, or has expired:
    /// <see cref="StoreErrorKind.Conflict"/>.</exception>
    /// <exception cref="RevisionConflictException">The name is not at the revision expected. Nothing was put.
    /// </exception>
    public async ValueTask<BlobInfo> PutAsync(
        string name,
        StagedBlob staged,
        BlobWriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        BlobInfo? info = null;
        var result = await storage.TransactionAsync(
            async transaction =>
                info = await transaction.Blobs.PutAsync(name, staged, options, cancellationToken)
                    .ConfigureAwait(false),
            null,
            cancellationToken).ConfigureAwait(false);
        return info!.CommittedBy(result);
    }

    /// <summary>Stores bytes that a transaction will put under a name.</summary>
    /// <param name="content">The bytes, from where the stream stands to its end. It is not closed.</param>
    /// <param name="options">What to expect and whom to tell; null means nothing and nobody.</param>
    /// <param name="cancellationToken">Ends the work. Chunks stored by then are collected later.</param>
    public async ValueTask<StagedBlob> StageAsync(
        Stream content, BlobUploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var id = Guid.CreateVersion7(storage.Options.Clock.GetUtcNow()).ToString();
        var upload = await UploadAsync(id, cancellationToken).ConfigureAwait(false);
        return await upload.ReceiveAsync(content, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins an upload, or finds it as an earlier try has left it.</summary>
    /// <param name="id">The upload's id, such as the hash of the path, size and time of a file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<BlobUpload> UploadAsync(string id, CancellationToken cancellationToken = default) =>
        BlobUpload.OpenAsync(storage, scope, id, cancellationToken);

    /// <summary>Reads what is known of a blob.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<BlobInfo?> GetAsync(string name, CancellationToken cancellationToken = default) =>
        await blobs.GetAsync(name, cancellationToken).ConfigureAwait(false) is { } found ? new BlobInfo(found) : null;

    /// <summary>Opens a blob for reading.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its bytes; null where there is no such blob.</returns>
    public ValueTask<BlobStream?> OpenReadAsync(string name, CancellationToken cancellationToken = default) =>
        OpenReadAsync(name, 0, null, cancellationToken);

    /// <summary>Opens a range of a blob for reading; nothing outside of it is read ahead.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="offset">Where the range begins; behind the end it is empty.</param>
    /// <param name="length">How long it is; null means to the end, and what is behind the end is cut off.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A stream whose position 0 is the range's beginning; null where there is no such blob.</returns>
    public async ValueTask<BlobStream?> OpenReadAsync(
        string name, long offset, long? length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        if (await GetAsync(name, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return null;
        }

        var rest = Math.Max(0, info.Length - offset);
        return new BlobStream(ReaderOf(info), info, Math.Min(offset, info.Length), Math.Min(length ?? rest, rest));
    }

    /// <summary>Lists blobs by name.</summary>
    /// <param name="options">Which; null means all.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<BlobInfo> ListAsync(
        BlobListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= BlobListOptions.Default;
        var query = blobs.Query().WithAllTags(options.Tags);
        if (options.Prefix.Length > 0)
        {
            query = query.Where(Filter.StartsWith("$id", options.Prefix));
        }

        var stream = (options.Limit is { } limit ? query.Take(limit) : query).StreamAsync(cancellationToken);
        await foreach (var document in stream.ConfigureAwait(false))
        {
            yield return new BlobInfo(document);
        }
    }

    /// <summary>Deletes a blob. Its chunks go with the next collection, unless something else refers to them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">The revision it was read at; null deletes it at any. <see cref="Revision.None"/> is no
    /// revision, and refused.</param>
    /// <param name="cancellationToken">Ends the wait; the blob may still be deleted.</param>
    /// <returns>Whether there was one. With <paramref name="expected"/> a missing blob is a conflict.</returns>
    /// <exception cref="RevisionConflictException">It is not at the revision expected. Nothing was deleted.</exception>
    public ValueTask<bool> DeleteAsync(
        string name, Revision? expected = null, CancellationToken cancellationToken = default) =>
        blobs.DeleteAsync(name, expected, cancellationToken);

    /// <summary>Reads blobs whole and checks every byte.</summary>
    /// <param name="name">The blob; null checks all.</param>
    /// <param name="progress">Told how many bytes were checked; null tells nobody.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was looked at, and what is wrong.</returns>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public ValueTask<BlobVerifyReport> VerifyAsync(
        string? name = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        new BlobVerifier(storage.Store, this, progress).RunAsync(name, cancellationToken);

    /// <summary>Deletes the chunks that nothing refers to: of blobs deleted or replaced, and of uploads given up. Safe
    /// at any time, with any number of writers, readers and other collectors.</summary>
    /// <param name="options">What to spare; null means the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two commits; what is deleted stays deleted.</param>
    /// <exception cref="StoreException">A copy or restore into this store is at work
    /// (<see cref="StoreErrorKind.InUse"/>), its feed has held commits back for as long as
    /// <see cref="BlobCollectOptions.HeldBack"/> allows (<see cref="StoreErrorKind.Unavailable"/>), or the store fails.
    /// </exception>
    public ValueTask<BlobCollectReport> CollectAsync(
        BlobCollectOptions? options = null, CancellationToken cancellationToken = default) =>
        new BlobCollector(storage, scope, options ?? BlobCollectOptions.Default).RunAsync(cancellationToken);

    internal static void CheckContentType(string? contentType)
    {
        if (contentType is not null &&
            (contentType.Length is 0 or > ContentTypeMax || contentType.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            throw new ArgumentException(
                $"{Names.Show(contentType)} is no content type: expected 1 to {ContentTypeMax} characters of ASCII, " +
                "such as image/png.",
                nameof(contentType));
        }
    }

    internal PartReader ReaderOf(BlobInfo info, bool isThorough = false) => new(
        storage.Store,
        info.Name,
        async (part, cancellationToken) =>
            await GetAsync(info.Name, cancellationToken).ConfigureAwait(false) is { } now && now.Root == info.Root
                ? BlobErrors.Missing(info.Name, part)
                : BlobErrors.Gone(info.Name),
        isThorough);
}
