using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Undercroft.Archives;

/// <summary>The bytes of an archive, unpacked where it is compressed, counted, hashed and held within limits.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "The file stays the caller's.")]
internal sealed class ArchiveInput : IAsyncDisposable
{
    // Below this no ratio is looked at: a few repeated records are no bomb.
    private const long AlwaysAllowed = 64 * 1024 * 1024;
    private const int FirstGzipByte = 0x1F;
    private const int ChunkBytes = 1024 * 1024;

    private readonly Stream file;
    private readonly GZipStream? unpacked;
    private readonly ArchiveReadOptions limits;
    private readonly IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long start;

    /// <summary>Begins at the beginning of a file, wherever it stands.</summary>
    public ArchiveInput(Stream file, ArchiveReadOptions limits)
    {
        this.file = file;
        this.limits = limits;
        start = file.Position = 0;
        var first = file.ReadByte();
        file.Position = 0;
        unpacked = first == FirstGzipByte ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
    }

    /// <summary>How many bytes were read.</summary>
    public long Position { get; private set; }

    /// <summary>The SHA-256 of the bytes read so far.</summary>
    public string Digest() => Convert.ToHexStringLower(whole.GetCurrentHash());

    /// <summary>Reads exactly so many bytes. The memory for them grows as they come: a size is only a claim.</summary>
    public async ValueTask<byte[]> ReadAsync(int size, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(size, ChunkBytes)];
        var filled = 0;
        while (filled < size)
        {
            if (filled == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(size, 2L * bytes.Length));
            }

            var count = await FillAsync(bytes.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw ArchiveErrors.Damaged(
                    $"it ends, {size - filled} bytes before the end of what was begun", Position + filled);
            }

            filled += count;
        }

        whole.AppendData(bytes);
        Position += size;
        return bytes;
    }

    /// <summary>Says whether the file ends here.</summary>
    /// <param name="lastEntryAt">Where the last entry begins: it may be compressed by itself, or with all others.
    /// </param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async ValueTask<bool> IsAtEndAsync(long lastEntryAt, CancellationToken cancellationToken)
    {
        if (await FillAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0)
        {
            return false;
        }

        if (unpacked is null)
        {
            return true;
        }

        // Gzip ends with the size of what it holds. What is behind that, or whether it is there, nobody else looks at.
        var size = new byte[sizeof(uint)];
        file.Position = Math.Max(start, file.Length - size.Length);
        await file.ReadExactlyAsync(size, cancellationToken).ConfigureAwait(false);
        var found = BinaryPrimitives.ReadUInt32LittleEndian(size);
        return found == unchecked((uint)(Position - lastEntryAt)) || found == unchecked((uint)Position);
    }

    public async ValueTask DisposeAsync()
    {
        whole.Dispose();
        if (unpacked is not null)
        {
            await unpacked.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await (unpacked ?? file).ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            CheckSize(count);
            return count;
        }
        catch (InvalidDataException error)
        {
            throw ArchiveErrors.Damaged("its compression cannot be undone", Position, error);
        }
    }

    private void CheckSize(int more)
    {
        var size = Position + more;
        if (size > limits.BytesMax)
        {
            throw ArchiveErrors.TooLarge($"it has more than {limits.BytesMax} bytes");
        }

        var read = file.Position - start;
        if (unpacked is not null && size > AlwaysAllowed && size / limits.ExpansionMax > read)
        {
            throw ArchiveErrors.TooLarge(
                $"{read} bytes of it unpack to {size}, more than {limits.ExpansionMax} times as many");
        }
    }
}
