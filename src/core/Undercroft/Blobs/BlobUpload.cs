using System.Security.Cryptography;

namespace Undercroft.Blobs;

/// <summary>Bytes on their way into the store. What is stored stays stored, whatever happens to the process: open the
/// upload again by its id, and go on from <see cref="Length"/>.</summary>
/// <remarks>Not safe for many threads. Of two that go on with one upload, the slower fails with a conflict. An upload
/// that does not go on for <see cref="BlobOptions.UploadKept"/> is forgotten, and its chunks are collected.</remarks>
public sealed class BlobUpload
{
    private readonly Storage storage;
    private readonly DirectScope scope;
    private UploadState state;
    private bool isBroken;

    private BlobUpload(Storage storage, DirectScope scope, UploadState state)
    {
        this.storage = storage;
        this.scope = scope;
        this.state = state;
    }

    /// <summary>The id it is opened by.</summary>
    public string Id => state.Key.Id;

    /// <summary>How many bytes are stored: where the source must go on.</summary>
    public long Length => state.Length;

    /// <summary>What came of it, once all bytes are there; null while they are not.</summary>
    public StagedBlob? Staged =>
        state.Sha256 is { } sha256 && !isBroken ? new StagedBlob(Id, state.Length, sha256) : null;

    /// <summary>Stores the bytes of a stream, from where it stands to its end, and finishes the upload.</summary>
    /// <param name="rest">The bytes behind the first <see cref="Length"/> ones. Read once, and not closed.</param>
    /// <param name="options">What to expect and whom to tell; null means nothing and nobody.</param>
    /// <param name="cancellationToken">Ends the upload; what is stored stays stored.</param>
    /// <returns>The bytes, ready to be named. A finished upload gives the same again and reads nothing.</returns>
    /// <remarks>Where there are bytes of an earlier try they are read once and checked, for the hash of the whole.
    /// </remarks>
    /// <exception cref="StoreException">Another writer goes on with the upload
    /// (<see cref="StoreErrorKind.Conflict"/>), the bytes are not those expected or stored ones are damaged
    /// (<see cref="StoreErrorKind.Corrupt"/>), or the store cannot be written.</exception>
    /// <exception cref="LimitExceededException">There are more bytes than <see cref="BlobOptions.LengthMax"/>.
    /// </exception>
    public async ValueTask<StagedBlob> ReceiveAsync(
        Stream rest, BlobUploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rest);
        options ??= BlobUploadOptions.Default;
        if (options.ExpectedSha256 is { } wanted && !ContentHash.TryParse(wanted, out _))
        {
            throw new ArgumentException(
                $"{Names.Show(wanted)} is no SHA-256: expected 64 hexadecimal digits.", nameof(options));
        }

        if (isBroken)
        {
            throw new InvalidOperationException(
                $"The upload {Names.Show(Id)} has failed and may have stored more than it was told. Open it again.");
        }

        if (Staged is { } staged)
        {
            return options.ExpectedSha256 is { } expected &&
                !string.Equals(expected, staged.Sha256, StringComparison.OrdinalIgnoreCase)
                    ? throw BlobErrors.NotAsExpected(expected, staged.Sha256)
                    : staged;
        }

        isBroken = true;
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await RehashAsync(whole, cancellationToken).ConfigureAwait(false);
        var writer = new UploadWriter(storage, scope, state);
        var run = new UploadRun(writer, whole, storage.Info.Limits, storage.Options.Blobs.LengthMax, options);
        await run.RunAsync(rest, cancellationToken).ConfigureAwait(false);
        isBroken = false;
        return Staged!;
    }

    /// <summary>Forgets the upload. Its chunks are collected unless something else refers to them.</summary>
    /// <param name="cancellationToken">Ends the wait; the upload may be forgotten all the same.</param>
    public async ValueTask AbandonAsync(CancellationToken cancellationToken = default)
    {
        _ = await scope
            .CommitAsync([new DeleteOperation(state.Key)], null, cancellationToken)
            .ConfigureAwait(false);
        state = UploadState.Begin(state.Key, storage.Options.Blobs.Sizes);
        isBroken = false;
    }

    internal static async ValueTask<BlobUpload> OpenAsync(
        Storage storage, DirectScope scope, string id, CancellationToken cancellationToken)
    {
        storage.Options.Blobs.Validate(storage.Info.Limits);
        var key = BlobKeys.Upload(id);
        var read = await storage.Store.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
        var state = read[0] is { } record
            ? UploadState.Read(record)
            : UploadState.Begin(key, storage.Options.Blobs.Sizes);
        return new BlobUpload(storage, scope, state);
    }

    private async ValueTask RehashAsync(IncrementalHash whole, CancellationToken cancellationToken)
    {
        if (state.Length == 0)
        {
            return;
        }

        // The earliest bytes are in the highest lists.
        var top = state.Lists.Open.Reverse().SelectMany(static level => level).ToList();
        var parts = new PartReader(storage.Store, Id, (_, _) => new(BlobErrors.UploadMoved(Id)));
        var ahead = new ReadAhead(parts, new ChunkWalk(parts, top), state.Length);
        await using var _ = ahead.ConfigureAwait(false);
        while (await ahead.NextAsync(cancellationToken).ConfigureAwait(false) is { } chunks)
        {
            foreach (var chunk in chunks)
            {
                whole.AppendData(chunk.Span);
            }
        }
    }
}
