using System.Buffers.Binary;

namespace Undercroft.Files.Journal;

/// <summary>The beginning of a file of frames.</summary>
/// <param name="IsJournal">Whether it is a segment of the journal, or an index.</param>
/// <param name="Number">Its number, which its name repeats.</param>
/// <param name="Salt">A random number, so that frames of another file are not taken for its own.</param>
/// <param name="Boot">The run of the operating system it was begun in.</param>
/// <param name="Epoch">The store's epoch.</param>
internal readonly record struct FrameHeader(bool IsJournal, long Number, uint Salt, Guid Boot, Guid Epoch)
{
    public const int Size = 64;

    private static ReadOnlySpan<byte> JournalMark => "UCJRNL01"u8;

    private static ReadOnlySpan<byte> IndexMark => "UCINDX01"u8;

    public void Write(Span<byte> header)
    {
        header = header[..Size];
        header.Clear();
        (IsJournal ? JournalMark : IndexMark).CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Salt);
        _ = Boot.TryWriteBytes(header[20..], bigEndian: true, out _);
        _ = Epoch.TryWriteBytes(header[36..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc.Of(header[..60]));
    }

    /// <summary>Reads the beginning of a file.</summary>
    /// <returns>Null where it is none, or damaged.</returns>
    public static FrameHeader? Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) != Crc.Of(header[..60]))
        {
            return null;
        }

        var isJournal = header.StartsWith(JournalMark);
        return isJournal || header.StartsWith(IndexMark)
            ? new FrameHeader(
                isJournal,
                BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[16..]),
                new Guid(header.Slice(20, 16), bigEndian: true),
                new Guid(header.Slice(36, 16), bigEndian: true))
            : null;
    }
}
