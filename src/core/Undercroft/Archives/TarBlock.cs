using System.Globalization;
using System.Text;

namespace Undercroft.Archives;

/// <summary>The headers of a tar file (POSIX ustar), as far as archives use them: plain files with fixed owner, mode
/// and time. A reader takes only what this writes, so links, paths, devices and extensions cannot occur.</summary>
internal static class TarBlock
{
    public const int Size = 512;

    private const int NameBytes = 100;
    private const int SizeAt = 124;
    private const int SizeDigits = 11;
    private const int SumAt = 148;

    /// <summary>Makes the header of a file.</summary>
    public static byte[] Header(string name, long size)
    {
        var block = new byte[Size];
        Put(block, 0, name);
        Put(block, 100, "0000644\0");
        Put(block, 108, "0000000\0");
        Put(block, 116, "0000000\0");
        Put(block, SizeAt, Octal(size, SizeDigits) + "\0");
        Put(block, 136, "00000000000\0");
        Put(block, SumAt, "        ");
        Put(block, 156, "0");
        Put(block, 257, "ustar\000");
        var sum = 0;
        foreach (var b in block)
        {
            sum += b;
        }

        Put(block, SumAt, Octal(sum, 6) + "\0 ");
        return block;
    }

    /// <summary>Reads a header that <see cref="Header"/> made.</summary>
    /// <returns>The name and the size; null where it is anything else.</returns>
    public static (string Name, long Size)? Parse(ReadOnlySpan<byte> block)
    {
        var end = block[..NameBytes].IndexOf((byte)0);
        var digits = block.Slice(SizeAt, SizeDigits);
        if (end <= 0 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'7') ||
            block[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return null;
        }

        var name = Encoding.ASCII.GetString(block[..end]);
        var size = 0L;
        foreach (var digit in digits)
        {
            size = (size * 8) + (digit - '0');
        }

        return block.SequenceEqual(Header(name, size)) ? (name, size) : null;
    }

    /// <summary>How many zero bytes fill up the last block of a file.</summary>
    public static int Padding(long size) => (int)(-size & (Size - 1));

    private static void Put(Span<byte> block, int at, string text) => Encoding.ASCII.GetBytes(text, block[at..]);

    private static string Octal(long value, int digits) =>
        Convert.ToString(value, 8).PadLeft(digits, '0') is { } text && text.Length == digits
            ? text
            : throw new ArgumentOutOfRangeException(
                nameof(value), value.ToString(CultureInfo.InvariantCulture), "The entry is too large for a tar file.");
}
