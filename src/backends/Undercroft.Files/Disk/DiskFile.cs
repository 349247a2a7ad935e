using Microsoft.Win32.SafeHandles;

namespace Undercroft.Files.Disk;

/// <summary>A file of the real file system.</summary>
internal sealed class DiskFile(SafeFileHandle handle) : IDiskFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(handle, buffer[read..], offset + read) is var more and > 0)
        {
            read += more;
        }

        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            UnixCalls.SyncData(handle);
        }
        else
        {
            Flush();
        }
    }

    public long Settle()
    {
        var given = File.GetLastWriteTimeUtc(handle);
        File.SetLastWriteTimeUtc(handle, given.AddTicks(-1));
        var kept = File.GetLastWriteTimeUtc(handle);
        return kept < given ? kept.Ticks : FileStamp.UnknownTime;
    }

    public void Dispose() => handle.Dispose();

    // On macOS .NET asks for F_FULLFSYNC, which reaches the disk and not only its cache.
    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException error)
        {
            throw new SyncFailedException(error);
        }
    }
}
