using System.Buffers.Binary;

namespace Undercroft.Files.Journal;

/// <summary>The header of a frame: one append of a journal or an index.</summary>
/// <param name="Offset">Where the frame stands in its file; so a copy of it elsewhere is none.</param>
/// <param name="SyncedThrough">How far the file was known to be on the disk when the frame was appended.</param>
/// <param name="Length">The bytes of the payload.</param>
/// <param name="PayloadSum">The CRC32C of the payload.</param>
internal readonly record struct Frame(long Offset, long SyncedThrough, int Length, uint PayloadSum)
{
    public const int HeaderSize = 32;

    /// <summary>The bytes a frame begins with: "UCFR".</summary>
    public const uint Mark = 0x52464355;

    /// <summary>Where the next frame stands.</summary>
    public long End => Offset + HeaderSize + Length;

    /// <summary>Writes the header.</summary>
    /// <param name="header">Where to.</param>
    /// <param name="salt">The file's own random number.</param>
    public void Write(Span<byte> header, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], SyncedThrough);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], PayloadSum);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Crc.Of(header[..28], salt));
    }

    /// <summary>Reads a header.</summary>
    /// <returns>Null where there is none for this file and place.</returns>
    public static Frame? Read(ReadOnlySpan<byte> header, uint salt, long offset)
    {
        if (header.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(header) != Mark ||
            BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) != Crc.Of(header[..28], salt) ||
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]) != offset)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        return length < 0 ? null : new Frame(
            offset,
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            length,
            BinaryPrimitives.ReadUInt32LittleEndian(header[24..]));
    }
}
