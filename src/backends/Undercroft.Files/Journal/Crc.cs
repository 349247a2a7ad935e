using System.Buffers.Binary;
using System.Numerics;

namespace Undercroft.Files.Journal;

/// <summary>CRC32C, by the processor where it can.</summary>
internal static class Crc
{
    /// <summary>The CRC32C of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="seed">What to begin with; another seed gives another sum.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var sum = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return ~sum;
    }
}
