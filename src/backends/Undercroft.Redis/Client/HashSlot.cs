namespace Undercroft.Redis.Client;

/// <summary>Which of the 16,384 slots of a cluster a key lies on.</summary>
internal static class HashSlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16_384;

    private static readonly ushort[] Table = MakeTable();

    /// <summary>The slot of a key: of the text within its first braces, or else of the whole.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var begin = key.IndexOf((byte)'{');
        if (begin >= 0)
        {
            var length = key[(begin + 1)..].IndexOf((byte)'}');
            key = length > 0 ? key.Slice(begin + 1, length) : key;
        }

        var crc = 0;
        foreach (var value in key)
        {
            crc = ((crc << 8) & 0xffff) ^ Table[((crc >> 8) ^ value) & 0xff];
        }

        return crc % Count;
    }

    // CRC-16/XMODEM.
    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var index = 0; index < table.Length; index++)
        {
            var crc = index << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }

            table[index] = (ushort)crc;
        }

        return table;
    }
}
