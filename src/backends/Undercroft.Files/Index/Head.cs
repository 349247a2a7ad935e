using System.Buffers.Binary;
using Undercroft.Files.Disk;
using Undercroft.Files.Journal;
using Undercroft.Files.Tree;

namespace Undercroft.Files.Index;

/// <summary>Where the store stands: which index counts, how much of it, and where the journal begins.</summary>
/// <param name="Counter">Grows with each checkpoint.</param>
/// <param name="Index">The number of the index file.</param>
/// <param name="IndexLength">How many of its bytes count.</param>
/// <param name="Segment">The first segment of the journal whose commits are not in the index.</param>
/// <param name="Epoch">The store's epoch.</param>
internal readonly record struct Head(long Counter, long Index, long IndexLength, long Segment, Guid Epoch)
{
    // Two slots, each in a block of its own, so that writing one cannot harm the other.
    private const int SlotSize = 4096;
    private const int UsedSize = 64;

    private static ReadOnlySpan<byte> Mark => "UCHEAD01"u8;

    /// <summary>Reads the newer of the two slots that is whole.</summary>
    /// <returns>Null where neither is.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Head? Read(IFileSystem files, TreePaths paths)
    {
        using var file = files.Open(paths.Head, OpenKind.Read);
        Head? newest = null;
        Span<byte> slot = stackalloc byte[UsedSize];
        for (var i = 0; i < 2; i++)
        {
            if (file.Read(slot, i * SlotSize) == UsedSize && Read(slot) is { } head &&
                head.Counter >= (newest?.Counter ?? 0))
            {
                newest = head;
            }
        }

        return newest;
    }

    /// <summary>Writes the first head of a store, both slots at once and by another name first: a store without a head
    /// is none.</summary>
    public static void Create(IFileSystem files, TreePaths paths, Head head)
    {
        var temp = paths.Head + ".new";
        using (var file = files.Open(temp, OpenKind.Replace))
        {
            var bytes = new byte[2 * SlotSize];
            head.Write(bytes);
            head.Write(bytes.AsSpan(SlotSize));
            file.Write(bytes, 0);
            file.Sync();
        }

        files.Rename(temp, paths.Head);
        files.SyncDirectory(paths.Inner);
    }

    /// <summary>Writes over the older slot. When this returns it is on the disk.</summary>
    public void Save(IFileSystem files, TreePaths paths)
    {
        using var file = files.Open(paths.Head, OpenKind.Change);
        Span<byte> slot = stackalloc byte[UsedSize];
        Write(slot);
        file.Write(slot, Counter % 2 * SlotSize);
        file.Sync();
    }

    private static Head? Read(ReadOnlySpan<byte> slot) =>
        slot.StartsWith(Mark) && BinaryPrimitives.ReadUInt32LittleEndian(slot[60..]) == Crc.Of(slot[..60])
            ? new Head(
                BinaryPrimitives.ReadInt64LittleEndian(slot[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[32..]),
                new Guid(slot.Slice(40, 16), bigEndian: true))
            : null;

    private void Write(Span<byte> slot)
    {
        slot = slot[..UsedSize];
        slot.Clear();
        Mark.CopyTo(slot);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], Counter);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], Index);
        BinaryPrimitives.WriteInt64LittleEndian(slot[24..], IndexLength);
        BinaryPrimitives.WriteInt64LittleEndian(slot[32..], Segment);
        _ = Epoch.TryWriteBytes(slot[40..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[60..], Crc.Of(slot[..60]));
    }
}
