using System.Text;

namespace Undercroft;

/// <summary>Compares strings by their UTF-8 bytes, the one order every backend keeps.</summary>
/// <remarks>
/// Ordinal comparison of UTF-16 differs from it where a surrogate pair meets U+E000 to U+FFFF. Both strings must be
/// valid Unicode: <see cref="RecordKey"/> refuses lone surrogates.
/// </remarks>
public static class Utf8Order
{
    /// <summary>Compares two strings by their UTF-8 bytes.</summary>
    /// <returns>Negative, zero or positive, as <see cref="IComparable"/> has it.</returns>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        int a = left[same], b = right[same];

        // UTF-16 puts surrogates (code points from U+10000) below U+E000: move them above.
        return a >= 0xD800 && b >= 0xD800 ? Rank(a) - Rank(b) : a - b;
    }

    /// <summary>Counts the UTF-8 bytes of a string.</summary>
    public static int ByteCount(ReadOnlySpan<char> text) => Encoding.UTF8.GetByteCount(text);

    private static int Rank(int unit) => unit >= 0xE000 ? unit - 0x2000 : unit + 0x2000;
}
