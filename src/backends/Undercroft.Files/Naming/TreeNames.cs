using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Files.Naming;

/// <summary>Turns any id into a name that is safe on any file system, and back.</summary>
/// <remarks>
/// A capital letter becomes a plus and its small letter; what is not plainly readable becomes <c>%</c> and two
/// hexadecimal digits for each byte of its UTF-8. So two ids never share a name, whatever a file system makes of case
/// or accents. Very long names are cut, and end in <c>%h</c> and a hash.
/// </remarks>
internal static class TreeNames
{
    /// <summary>The longest name that is not cut, in bytes of UTF-8 and without an extension.</summary>
    public const int BytesMax = 200;

    private const int CutBytes = 150;
    private const string HashMark = "%h";

    private static readonly SearchValues<char> Strange = SearchValues.Create("%+\0");

    /// <summary>The name of an id, or of a collection.</summary>
    public static string Of(string id)
    {
        var name = new StringBuilder(id.Length + 16);
        var bytes = 0;
        var cut = 0;
        for (var i = 0; i < id.Length;)
        {
            _ = Rune.DecodeFromUtf16(id.AsSpan(i), out var rune, out var width);
            var isEdge = i == 0 || i + width == id.Length;
            bytes += Append(name, rune, isEdge);
            i += width;
            cut = bytes <= CutBytes ? name.Length : cut;
        }

        if (bytes > BytesMax)
        {
            name.Length = cut;
            return name.Append(HashMark).Append(HashOf(id)).ToString();
        }

        return IsReserved(id) ? Percent((byte)id[0]) + name.ToString(1, name.Length - 1) : name.ToString();
    }

    /// <summary>Whether the name of an id is cut, so that only the index knows the id.</summary>
    public static bool IsCut(string id) =>
        id.Length * 3 * 3 > BytesMax && Of(id).Contains(HashMark, StringComparison.Ordinal);

    /// <summary>Reads a name.</summary>
    /// <returns>The id; null where the name is none of ours, or was cut so that only the index knows the id.</returns>
    public static string? IdOf(string name)
    {
        if (name.AsSpan().IndexOfAny(Strange) < 0)
        {
            return name;
        }

        var bytes = new ArrayBufferWriter<byte>(name.Length * 2);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] == '%')
            {
                if (i + 2 >= name.Length || !TryHex(name.AsSpan(i + 1, 2), out var value))
                {
                    return null;
                }

                bytes.GetSpan(1)[0] = value;
                bytes.Advance(1);
                i += 3;
                continue;
            }

            var isCapital = name[i] == '+';
            i += isCapital ? 1 : 0;
            if (i == name.Length ||
                Rune.DecodeFromUtf16(name.AsSpan(i), out var rune, out var width) != OperationStatus.Done)
            {
                return null;
            }

            var character = isCapital ? NameAlphabet.CapitalOf(rune.Value) : rune.Value;
            if (character < 0)
            {
                return null;
            }

            bytes.Advance(new Rune(character).EncodeToUtf8(bytes.GetSpan(4)));
            i += width;
        }

        return Decode(bytes.WrittenSpan);
    }

    private static int Append(StringBuilder name, Rune rune, bool isEdge)
    {
        var value = rune.Value;
        if (NameAlphabet.IsReadable(value) && (!isEdge || value is not ('.' or ' ')))
        {
            _ = name.Append(rune);
            return rune.Utf8SequenceLength;
        }

        if (NameAlphabet.SmallOf(value) is var small and >= 0)
        {
            var letter = new Rune(small);
            _ = name.Append('+').Append(letter);
            return 1 + letter.Utf8SequenceLength;
        }

        Span<byte> bytes = stackalloc byte[4];
        var count = rune.EncodeToUtf8(bytes);
        for (var i = 0; i < count; i++)
        {
            _ = name.Append(Percent(bytes[i]));
        }

        return 3 * count;
    }

    // Windows keeps these names for devices, with any extension and blanks before it.
    private static bool IsReserved(string id)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        var stem = (dot < 0 ? id : id[..dot]).TrimEnd(' ');
        return stem is "con" or "prn" or "aux" or "nul" or "conin$" or "conout$" ||
            (stem.Length == 4 && char.IsAsciiDigit(stem[3]) &&
                (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal)));
    }

    private static string Percent(byte value) => string.Concat("%", Convert.ToHexStringLower([value]));

    private static string HashOf(string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));

    private static bool TryHex(ReadOnlySpan<char> digits, out byte value)
    {
        Span<byte> one = stackalloc byte[1];
        var isHex = Convert.FromHexString(digits, one, out _, out _) == OperationStatus.Done;
        value = one[0];
        return isHex;
    }

    private static string? Decode(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : null;
}
