using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>Tokens by name, encrypted with AES-256-GCM before they reach the store.</summary>
/// <remarks>
/// A token can be read only with its key, and only under the name it was saved under; a changed one is refused. Not
/// hidden are the names, how long a token is, and when it was saved. Safe for many threads and processes.
/// </remarks>
public sealed class StoryTokens
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static readonly CollectionDefinition<TokenDocument> Definition =
        new("story-tokens", StoryJsonForm.Context.TokenDocument);

    private readonly IRepository<TokenDocument> documents;
    private readonly StoryTokenKey key;
    private readonly IReadOnlyList<StoryTokenKey> olderKeys;

    /// <summary>Keeps tokens in a storage. Storage and keys stay the caller's.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="key">The key that tokens are saved with.</param>
    /// <param name="olderKeys">Keys that tokens may still be encrypted with; <see cref="RotateAsync"/> makes them
    /// needless.</param>
    /// <exception cref="PlatformNotSupportedException">The system has no AES-GCM.</exception>
    public StoryTokens(Storage storage, StoryTokenKey key, params IReadOnlyList<StoryTokenKey> olderKeys)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(olderKeys);
        if (!AesGcm.IsSupported)
        {
            throw new PlatformNotSupportedException("Tokens are encrypted with AES-GCM, which this system lacks.");
        }

        documents = storage.Repository(Definition);
        (this.key, this.olderKeys) = (key, olderKeys);
    }

    /// <summary>Saves a token under a name, in place of what is there.</summary>
    /// <param name="name">The name, such as <c>github</c>; it is stored as it is.</param>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Ends the wait; the token may still be saved.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask SaveAsync(string name, StoryToken token, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(token);
        _ = await documents.UpsertAsync(name, Seal(name, token), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a token.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StoreException">The token was encrypted with a key that is not given, or was changed or moved
    /// in the store; or the store failed.</exception>
    public async ValueTask<StoryToken?> LoadAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return await documents.GetAsync(name, cancellationToken).ConfigureAwait(false) is { } found
            ? Unseal(name, found.Value)
            : null;
    }

    /// <summary>Lists the names of all tokens, lazily.</summary>
    public async IAsyncEnumerable<string> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in documents.Query().StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return found.Id;
        }
    }

    /// <summary>Deletes a token.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return documents.DeleteAsync(name, null, cancellationToken);
    }

    /// <summary>Encrypts every token that is not with the present key anew. After it, the older keys are not needed.
    /// </summary>
    /// <remarks>One that is cut off has done a part: both keys are needed until it is run to its end. What a backend
    /// has not overwritten yet, and every backup, still holds what the older keys open: throw the keys away, and ask
    /// the service for new tokens where a key is known to others.</remarks>
    /// <param name="cancellationToken">Ends the work; what was done stays.</param>
    /// <returns>How many were encrypted anew.</returns>
    /// <exception cref="StoreException">One cannot be read, or the store failed.</exception>
    public async ValueTask<int> RotateAsync(CancellationToken cancellationToken = default)
    {
        var count = 0;
        await foreach (var found in documents.Query().StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            if (found.Value.Key == key.Id)
            {
                continue;
            }

            try
            {
                var sealedAnew = Seal(found.Id, Unseal(found.Id, found.Value));
                _ = await documents
                    .UpdateAsync(found.Id, found.Revision, sealedAnew, null, cancellationToken).ConfigureAwait(false);
                count++;
            }
            catch (RevisionConflictException)
            {
                // It was saved anew or deleted meanwhile. If that was with an older key, the next run finds it.
            }
        }

        return count;
    }

    private TokenDocument Seal(string name, StoryToken token)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(token, StoryJsonForm.Context.StoryToken);
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var (cipher, tag) = (new byte[plain.Length], new byte[TagLength]);
        using (var aes = new AesGcm(key.Bytes, TagLength))
        {
            aes.Encrypt(nonce, plain, cipher, tag, Bound(TokenDocument.VersionCurrent, key.Id, name));
        }

        CryptographicOperations.ZeroMemory(plain);
        return new TokenDocument(TokenDocument.VersionCurrent, key.Id, nonce, cipher, tag);
    }

    private StoryToken Unseal(string name, TokenDocument document)
    {
        if (document.Version != TokenDocument.VersionCurrent)
        {
            throw new StoreException(
                StoreErrorKind.Unsupported,
                $"Cannot read the token {Names.Show(name)}: its form is version {document.Version}, expected "
                + $"{TokenDocument.VersionCurrent}. Update Undercroft.");
        }

        var used = olderKeys.Prepend(key).FirstOrDefault(one => one.Id == document.Key)
            ?? throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Cannot read the token {Names.Show(name)}: it was encrypted with the key {Names.Show(document.Key)}, "
                + $"and the one given is '{key.Id}'. Give that key too, or sign in again.");
        var plain = new byte[document.Cipher.Length];
        try
        {
            using var aes = new AesGcm(used.Bytes, TagLength);
            aes.Decrypt(
                document.Nonce, document.Cipher, document.Tag, plain, Bound(document.Version, used.Id, name));
            return JsonSerializer.Deserialize(plain, StoryJsonForm.Context.StoryToken)!;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"Cannot read the token {Names.Show(name)}: it was changed in the store, or belongs to another name. "
                + "Delete it and sign in again.",
                error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    // What the tag proves beside the token itself: each part with its length, so that none can pass for another.
    private static byte[] Bound(int version, string keyId, string name)
    {
        var bound = new MemoryStream();
        bound.Write("undercroft/story-token"u8);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, version);
        bound.Write(number);
        foreach (var part in new[] { keyId, name })
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            bound.Write(number);
            bound.Write(bytes);
        }

        return bound.ToArray();
    }
}
