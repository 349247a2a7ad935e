using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Undercroft.Stories;

/// <summary>Passes over text inside a JSON string of which nothing is copied, 64 bytes at a time.</summary>
internal static class SoundText
{
    // One bit for each byte of a block.
    private const int BlockBytes = 64;
    private const ulong OddBits = 0xAAAA_AAAA_AAAA_AAAA;

    /// <summary>Passes over what is text beyond doubt: bytes that stand for themselves, and escapes of one letter.
    /// </summary>
    /// <remarks>Compiled for speed at once: it is a loop over all text of the first story too.</remarks>
    /// <param name="json">The text.</param>
    /// <returns>How many bytes were passed: up to a quote, a control character, any other escape, or less than a block
    /// before the end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Pass(ReadOnlySpan<byte> json)
    {
        ref var start = ref MemoryMarshal.GetReference(json);
        var at = 0;

        // Whether the first byte of the block is escaped by the last one before it.
        var carry = 0ul;
        for (; json.Length - at >= BlockBytes; at += BlockBytes)
        {
            var lower = Vector256.LoadUnsafe(ref start, (nuint)at);
            var upper = Vector256.LoadUnsafe(ref start, (nuint)(at + Vector256<byte>.Count));
            var quotes = Marks(lower, upper, (byte)'"');
            var slashes = Marks(lower, upper, (byte)'\\');
            var stops = Bits(
                Vector256.LessThan(lower, Vector256.Create((byte)' ')),
                Vector256.LessThan(upper, Vector256.Create((byte)' ')));
            if ((slashes | carry) == 0)
            {
                stops |= quotes;
            }
            else
            {
                var escaped = Escaped(slashes, ref carry);
                var unknown = escaped & ~(quotes | slashes | Marks(lower, upper, (byte)'n'));
                if (unknown != 0)
                {
                    // It is the backslash before a letter that nothing is known of where the text ends.
                    unknown &= ~Letters(lower, upper);
                }

                stops |= (quotes & ~escaped) | unknown;
                if (stops != 0)
                {
                    var stop = BitOperations.TrailingZeroCount(stops);
                    return at + stop - (int)((unknown >> stop) & 1);
                }
            }

            if (stops != 0)
            {
                return at + BitOperations.TrailingZeroCount(stops);
            }
        }

        return at - (int)carry;
    }

    /// <summary>What an escape of one letter stands for; zero where it is none.</summary>
    public static char OfEscape(byte letter) => letter switch
    {
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'"' or (byte)'\\' or (byte)'/' => (char)letter,
        _ => '\0',
    };

    // Which bytes stand behind a backslash that is not itself escaped: a run of them escapes what follows it if it is
    // odd, and where a run begins decides which bits of it count. The way of simdjson: G. Langdale and D. Lemire,
    // Parsing Gigabytes of JSON per Second, 2019.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Escaped(ulong slashes, ref ulong carry)
    {
        var escaping = slashes & ~carry;
        var codes = (((escaping << 1) | OddBits) - escaping) ^ OddBits;
        var escaped = codes ^ (slashes | carry);
        carry = (codes & slashes) >> (BlockBytes - 1);
        return escaped;
    }

    // The letters of escapes that are not told from others above.
    private static ulong Letters(Vector256<byte> lower, Vector256<byte> upper) =>
        Marks(lower, upper, (byte)'/') | Marks(lower, upper, (byte)'r') | Marks(lower, upper, (byte)'t')
        | Marks(lower, upper, (byte)'b') | Marks(lower, upper, (byte)'f');

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Marks(Vector256<byte> lower, Vector256<byte> upper, byte wanted) =>
        Bits(Vector256.Equals(lower, Vector256.Create(wanted)), Vector256.Equals(upper, Vector256.Create(wanted)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector256<byte> lower, Vector256<byte> upper) =>
        lower.ExtractMostSignificantBits() | ((ulong)upper.ExtractMostSignificantBits() << Vector256<byte>.Count);
}
