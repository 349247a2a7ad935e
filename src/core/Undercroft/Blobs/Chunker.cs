using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Undercroft.Blobs;

/// <summary>Cuts bytes where their content says, so that an insertion moves few cuts: FastCDC with normalised
/// chunking.</summary>
/// <remarks>
/// Wen Xia and others, "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", USENIX
/// ATC 2016; two bytes a step after "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage
/// Systems", IEEE TPDS 31(9), 2020. The gear of a byte is the first 8 bytes, least significant first, of the SHA-256 of
/// the ASCII text <c>undercroft gear </c> and that byte. The masks are the highest bits: they depend on the most bytes.
/// </remarks>
internal sealed class Chunker
{
    // A chunk shorter than the average needs this many more zero bits than its length asks for, a longer one as many
    // fewer: that draws lengths towards the average.
    private const int Normalisation = 2;

    private static readonly ulong[] Gears = MakeGears();
    private static readonly ulong[] GearsTwice = Array.ConvertAll(Gears, static gear => gear << 1);

    private readonly ulong strict;
    private readonly ulong lax;

    public Chunker(ChunkSizes sizes)
    {
        Sizes = sizes;
        var bits = BitOperations.Log2((uint)sizes.Average);
        strict = HighBits(bits + Normalisation);
        lax = HighBits(bits - Normalisation);
    }

    public ChunkSizes Sizes { get; }

    /// <summary>Finds where the first chunk ends.</summary>
    /// <param name="bytes">At least the longest chunk, or all there is.</param>
    /// <returns>The chunk's length.</returns>
    public int Cut(ReadOnlySpan<byte> bytes)
    {
        var end = Math.Min(bytes.Length, Sizes.Max);
        if (end <= Sizes.Min)
        {
            return end;
        }

        var turn = Math.Min(end, Sizes.Average);
        var mark = 0UL;
        var at = Walk(bytes[..turn], Sizes.Min, strict, ref mark);
        return at < 0 ? Walk(bytes[..end], turn, lax, ref mark) is var cut and >= 0 ? cut : end : at;
    }

    /// <summary>Walks until a mark has its high bits zero.</summary>
    /// <returns>The position behind the byte that made it so; −1 where none did.</returns>
    private static int Walk(ReadOnlySpan<byte> bytes, int from, ulong mask, ref ulong mark)
    {
        ref var byteAt = ref MemoryMarshal.GetReference(bytes);
        ref var gear = ref MemoryMarshal.GetArrayDataReference(Gears);
        ref var gearTwice = ref MemoryMarshal.GetArrayDataReference(GearsTwice);
        var (fp, at) = (mark, from);

        // Two bytes a step, so that each step waits for one addition only: what the first adds comes shifted.
        for (; at + 1 < bytes.Length; at += 2)
        {
            var first = (fp << 1) + Unsafe.Add(ref gear, Unsafe.Add(ref byteAt, at));
            fp = (fp << 2) + Unsafe.Add(ref gearTwice, Unsafe.Add(ref byteAt, at)) +
                Unsafe.Add(ref gear, Unsafe.Add(ref byteAt, at + 1));
            if ((first & mask) == 0)
            {
                return at + 1;
            }

            if ((fp & mask) == 0)
            {
                return at + 2;
            }
        }

        if (at < bytes.Length)
        {
            fp = (fp << 1) + Unsafe.Add(ref gear, Unsafe.Add(ref byteAt, at));
            if ((fp & mask) == 0)
            {
                return at + 1;
            }
        }

        mark = fp;
        return -1;
    }

    private static ulong HighBits(int count) => ulong.MaxValue << (64 - count);

    private static ulong[] MakeGears()
    {
        var text = "undercroft gear "u8;
        Span<byte> named = stackalloc byte[text.Length + 1];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        text.CopyTo(named);
        var gears = new ulong[256];
        for (var i = 0; i < gears.Length; i++)
        {
            named[^1] = (byte)i;
            _ = SHA256.HashData(named, hash);
            gears[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }

        return gears;
    }
}
