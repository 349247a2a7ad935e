using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Undercroft.Stories;

/// <summary>Copies text between UTF-16 and JSON in UTF-8 as long as each character is one byte and no escape, as most
/// are: many at a time, and looked at only once. Compiled for speed at once, for the first stories too.</summary>
internal static class PlainText
{
    // From a space on, as many characters as are written as themselves.
    private const ushort Plain = '\x7F' - ' ';

    /// <summary>Copies what comes before a quote, a backslash, a control character or one of several bytes.</summary>
    /// <param name="json">The text.</param>
    /// <param name="into">At least as long; what follows the copy in it is of no use.</param>
    /// <returns>How many were copied.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Widen(ReadOnlySpan<byte> json, Span<char> into)
    {
        var at = 0;
        for (; json.Length - at >= Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(json[at..]);
            var (lower, upper) = Vector256.Widen(bytes);
            var target = MemoryMarshal.Cast<char, ushort>(into[at..]);
            lower.CopyTo(target);
            upper.CopyTo(target[Vector256<ushort>.Count..]);

            // Taken as signed, the bytes of longer characters are less than a space too.
            var stops = Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte()
                | Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
            if (stops != Vector256<byte>.Zero)
            {
                return at + BitOperations.TrailingZeroCount(stops.ExtractMostSignificantBits());
            }
        }

        for (; at < json.Length && json[at] is >= (byte)' ' and < 0x80 and not ((byte)'"' or (byte)'\\'); at++)
        {
            into[at] = (char)json[at];
        }

        return at;
    }

    /// <summary>Copies what comes before a character that is escaped, or is several bytes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="into">At least as long; what follows the copy in it is of no use.</param>
    /// <returns>How many were copied.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Narrow(ReadOnlySpan<char> text, Span<byte> into)
    {
        var at = 0;
        for (; text.Length - at >= Vector256<ushort>.Count; at += Vector256<ushort>.Count)
        {
            var units = Vector256.Create(MemoryMarshal.Cast<char, ushort>(text[at..]));
            Vector256.Narrow(units, units).GetLower().CopyTo(into[at..]);
            var stops = Vector256.GreaterThanOrEqual(units - Vector256.Create((ushort)' '), Vector256.Create(Plain))
                | Vector256.Equals(units, Vector256.Create((ushort)'"'))
                | Vector256.Equals(units, Vector256.Create((ushort)'\\'));
            if (stops != Vector256<ushort>.Zero)
            {
                return at + BitOperations.TrailingZeroCount(stops.ExtractMostSignificantBits());
            }
        }

        for (; at < text.Length && text[at] is >= ' ' and < '\x7F' and not ('"' or '\\'); at++)
        {
            into[at] = (byte)text[at];
        }

        return at;
    }
}
