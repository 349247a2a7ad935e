using Undercroft.Files.Disk;

namespace Undercroft.Files.Tests.Faults;

/// <summary>An open file of a <see cref="FaultFileSystem"/>.</summary>
internal sealed class FaultFile(FaultFileSystem files, string path, Node node, int process) : IDiskFile
{
    public long Length => files.Call("length", path, () => (long)node.Bytes.Count);

    public int Read(Span<byte> buffer, long offset)
    {
        var size = buffer.Length;
        var bytes = files.Call("read", path, () => node.Bytes.Skip((int)offset).Take(size).ToArray());
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var copy = bytes.ToArray();
        try
        {
            _ = files.Call("write", path, () =>
            {
                if (process == files.Process)
                {
                    files.Do(new WriteChange(node, offset, copy));
                }

                return true;
            });
        }
        catch (IOException)
        {
            // A write that fails may have got part of the way.
            files.Do(new WriteChange(node, offset, copy[..(copy.Length / 2)]));
            throw;
        }
    }

    public void Truncate(long length) => files.Call("truncate", path, () =>
    {
        files.Do(new WriteChange(node, length, [], Truncates: true));
        return true;
    });

    public void Sync()
    {
        files.Sync("fdatasync", path, change => change is WriteChange write && write.Node == node);
        files.Synced?.Invoke(path, [.. node.Bytes]);
    }

    public long Settle() => files.Call("utimens", path, () => node.WrittenAt -= 1);

    public void Dispose()
    {
    }
}
