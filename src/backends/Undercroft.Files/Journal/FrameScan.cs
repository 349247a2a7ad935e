using System.Buffers.Binary;
using Undercroft.Files.Disk;

namespace Undercroft.Files.Journal;

/// <summary>Reads a file of frames from its beginning, and tells how it ends.</summary>
internal sealed class FrameScan : IDisposable
{
    private const int SearchBytes = 1024 * 1024;

    private readonly IDiskFile file;
    private readonly long end;

    private FrameScan(IDiskFile file, FrameHeader? header, long end)
    {
        this.file = file;
        this.end = end;
        Header = header;
        Position = FrameHeader.Size;
    }

    /// <summary>The beginning of the file; null where it is damaged or cut off.</summary>
    public FrameHeader? Header { get; }

    /// <summary>How many bytes are looked at.</summary>
    public long Length => end;

    /// <summary>Where the next frame begins, or where the last good one ends.</summary>
    public long Position { get; private set; }

    /// <summary>Whether all bytes are frames.</summary>
    public bool IsWhole => Header is not null && Position == end;

    /// <summary>Opens a file.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="through">Only this many bytes count; null means all.</param>
    /// <param name="from">Where to begin; null means at the first frame.</param>
    public static FrameScan Open(IFileSystem files, string path, long? through = null, long? from = null)
    {
        var file = files.Open(path, OpenKind.Read);
        try
        {
            Span<byte> bytes = stackalloc byte[FrameHeader.Size];
            var read = file.Read(bytes, 0);
            var scan = new FrameScan(
                file, FrameHeader.Read(bytes[..read]), Math.Min(through ?? long.MaxValue, file.Length));
            scan.Position = from ?? scan.Position;
            return scan;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next frame.</summary>
    /// <returns>Its payload; null where no good frame follows.</returns>
    public byte[]? Next()
    {
        if (Header is null || ReadHeader(Position) is not { } frame || frame.End > end)
        {
            return null;
        }

        var payload = new byte[frame.Length];
        if (file.Read(payload, Position + Frame.HeaderSize) != payload.Length || Crc.Of(payload) != frame.PayloadSum)
        {
            return null;
        }

        Position = frame.End;
        return payload;
    }

    /// <summary>Whether what follows the last good frame is the beginning of a frame that was cut off, and nothing
    /// else.
    /// </summary>
    public bool EndsCutOff() =>
        Header is null ? end <= FrameHeader.Size
        : end - Position < Frame.HeaderSize || (ReadHeader(Position) is { } frame && frame.End > end);

    /// <summary>Whether a good frame that follows the last good one says that the place between was on the disk.
    /// </summary>
    public bool IsSyncedBehindDamage()
    {
        if (Header is null)
        {
            return false;
        }

        var buffer = new byte[SearchBytes + Frame.HeaderSize];
        for (var at = Position + 1; at + Frame.HeaderSize <= end; at += SearchBytes)
        {
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
            if (Search(buffer.AsSpan(0, read), at))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => file.Dispose();

    private bool Search(ReadOnlySpan<byte> bytes, long start)
    {
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Frame.Mark);
        var at = 0;
        while (bytes[at..].IndexOf(mark) is var next and >= 0)
        {
            at += next;
            if (Frame.Read(bytes[at..], Header!.Value.Salt, start + at) is { } frame && frame.SyncedThrough > Position)
            {
                return true;
            }

            at += mark.Length;
        }

        return false;
    }

    private Frame? ReadHeader(long offset)
    {
        Span<byte> header = stackalloc byte[Frame.HeaderSize];
        return offset + Frame.HeaderSize <= end && file.Read(header, offset) == header.Length
            ? Frame.Read(header, Header!.Value.Salt, offset)
            : null;
    }
}
