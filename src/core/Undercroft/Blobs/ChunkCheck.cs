using System.Buffers.Binary;
using System.Numerics;

namespace Undercroft.Blobs;

/// <summary>A check of 64 bits that costs a tenth of a SHA-256: what every read can afford. It finds what goes wrong by
/// itself; against who means harm only the hash helps.</summary>
/// <remarks>Two CRC-32C, begun with all bits set: one of the first 8 bytes of each 16, one of the second, and what is
/// left behind the last 16 in the first. In hexadecimal, the first one first.</remarks>
internal static class ChunkCheck
{
    private const int Step = 16;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var (even, odd) = (uint.MaxValue, uint.MaxValue);
        while (bytes.Length >= Step)
        {
            even = BitOperations.Crc32C(even, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            odd = BitOperations.Crc32C(odd, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(Step / 2)..]));
            bytes = bytes[Step..];
        }

        foreach (var rest in bytes)
        {
            even = BitOperations.Crc32C(even, rest);
        }

        return $"{even:x8}{odd:x8}";
    }
}
