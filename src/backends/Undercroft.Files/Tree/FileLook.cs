using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Tree;

/// <summary>Reads files that somebody else may be writing at the same time. Safe for threads.</summary>
internal sealed class FileLook(IFileSystem files, TreePaths paths, long bytesMax)
{
    private const int TriesMax = 16;

    private readonly Lock gate = new();
    private long now;

    /// <summary>Reads what is at a path.</summary>
    /// <returns>Null where nothing is there.</returns>
    /// <exception cref="IOException">The file is cut off again and again while it is read.</exception>
    public FoundFile? At(string path)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            // Not older than the clock's last reading is what may still be written anew within the same tick of it.
            if (files.Stat(path) is not { } stamp)
            {
                return null;
            }

            if (stamp.Kind != FileKind.File || stamp.Length > bytesMax)
            {
                return new FoundFile(null, stamp);
            }

            // What a link of a folder leads to is not the store's.
            if (files.Stat(Path.GetDirectoryName(path)!) is { Kind: not FileKind.Directory })
            {
                return new FoundFile(null, new FileStamp(0, 0, FileKind.Other));
            }

            var isOver = stamp.WrittenAt < Volatile.Read(ref now) || stamp.WrittenAt < ReadClock();
            if (ValueReader.ReadFile(files, path) is { } bytes)
            {
                return new FoundFile(bytes, isOver ? stamp : stamp with { WrittenAt = FileStamp.UnknownTime });
            }
        }

        throw new IOException($"'{path}' changes while it is read");
    }

    // The file system's own clock, which may be another machine's.
    private long ReadClock()
    {
        lock (gate)
        {
            using var file = files.Open(paths.TempClock, OpenKind.Replace);
            file.Write("0"u8, 0);
            var read = file.Settle();
            Volatile.Write(ref now, Math.Max(now, read));
            return read;
        }
    }
}

/// <summary>What was found at a path.</summary>
/// <param name="Bytes">What the file holds; null where it is no file, or one too large to be a value.</param>
/// <param name="Stamp">What tells that it was written since; without a time where that cannot be relied on yet.</param>
internal readonly record struct FoundFile(byte[]? Bytes, FileStamp Stamp)
{
    /// <summary>What the file holds, as a file of a kind of value.</summary>
    public FileMark MarkAs(ValueKind kind) => new(kind, ValueText.HashOf(Bytes!), Bytes!.Length);

    /// <summary>The file as a value that is in its file.</summary>
    public StoredValue ToValue(ValueKind kind)
    {
        var value = new StoredValue(Bytes!, kind);
        value.MarkWritten(Stamp.WrittenAt);
        return value;
    }
}
