using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Undercroft.Stories;

/// <summary>Passes over text inside a JSON string of which nothing is copied, many bytes at a time.</summary>
internal static class SoundText
{
    // In a block's marks: a backslash and the letter behind it.
    private const uint Escape = 3;

    /// <summary>Passes over what is text beyond doubt: bytes that stand for themselves, and escapes of one letter.
    /// </summary>
    /// <param name="json">The text.</param>
    /// <returns>How many bytes were passed: up to a quote, a control character, any other escape, or less than a block
    /// before the end.</returns>
    public static int Pass(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (json.Length - at >= Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
            var marks = (Vector256.LessThan(bytes, Vector256.Create((byte)' '))
                | Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();
            var next = at + Vector256<byte>.Count;
            while (marks != 0)
            {
                var mark = at + BitOperations.TrailingZeroCount(marks);
                if (json[mark] != '\\' || mark + 1 == json.Length || !IsLetter(json[mark + 1]))
                {
                    return mark;
                }

                // The letter of the block's last byte is the first of the next block.
                next = Math.Max(next, mark + 2);
                marks &= ~(Escape << (mark - at));
            }

            at = next;
        }

        return at;
    }

    /// <summary>Whether a letter behind a backslash is all of an escape.</summary>
    private static bool IsLetter(byte letter) => letter is (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'/'
        or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f';
}
