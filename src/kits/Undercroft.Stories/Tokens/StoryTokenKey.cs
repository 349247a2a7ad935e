using System.Security.Cryptography;

namespace Undercroft.Stories;

/// <summary>The key that tokens are encrypted with. Dispose it to wipe it from memory.</summary>
public sealed class StoryTokenKey : IDisposable
{
    /// <summary>The length of a key, in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] bytes;

    private StoryTokenKey(byte[] bytes)
    {
        this.bytes = bytes;
        Id = Convert.ToHexStringLower(SHA256.HashData([.. "undercroft/story-token-key/"u8, .. bytes]))[..8];
    }

    /// <summary>Tells keys apart without giving them away; kept beside each token.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return bytes;
        }
    }

    private bool IsDisposed { get; set; }

    /// <summary>Takes a key that the caller keeps: out of the system's keychain, or of a secret of the
    /// deployment.</summary>
    /// <param name="key">32 bytes, as random as can be: no password.</param>
    /// <exception cref="ArgumentException">It is not 32 bytes long.</exception>
    public static StoryTokenKey FromBytes(ReadOnlySpan<byte> key) => key.Length == Length
        ? new StoryTokenKey(key.ToArray())
        : throw new ArgumentException($"A key has {Length} bytes; found {key.Length}.", nameof(key));

    /// <summary>Reads the key out of a file, and makes the file, with a new key, where there is none.</summary>
    /// <remarks>Where the system has file modes, only the file's owner may have any right to it. The file stands
    /// elsewhere than the store, so that who copies the store does not have the key.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="storage">The storage the tokens are in.</param>
    /// <exception cref="StoreException">The file is beside or inside the store, others may read it, it belongs to
    /// somebody else, is no key, or cannot be read or made.</exception>
    public static StoryTokenKey FromFile(string path, Storage storage)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(storage);
        var full = Path.GetFullPath(path);
        try
        {
            TokenKeyFile.CheckPlace(full, storage.Info.Location);
            TokenKeyFile.MakeIfMissing(full);
            TokenKeyFile.CheckPlace(full, storage.Info.Location);
            return new StoryTokenKey(TokenKeyFile.Read(full));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Cannot use the key file {Names.Show(full)}: {error.Message} Check the path and its rights.",
                error);
        }
    }

    /// <summary>Wipes the key from memory.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Writes the key's id, never the key.</summary>
    public override string ToString() => $"token key {Id}";
}
