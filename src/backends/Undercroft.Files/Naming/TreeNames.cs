using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Files.Naming;

/// <summary>Turns any id into a name that is safe on any file system, and back.</summary>
/// <remarks>
/// A capital letter becomes a plus and its small letter, and a run of three or more of them stands between double
/// pluses; what is not plainly readable becomes <c>%</c> and two hexadecimal digits for each byte of its UTF-8. So two
/// ids never share a name, whatever a file system makes of case or accents. Very long names are cut, and end in
/// <c>%h</c> and a hash.
/// </remarks>
internal static class TreeNames
{
    /// <summary>The longest name that is not cut, in bytes of UTF-8 and without an extension.</summary>
    public const int BytesMax = 200;

    private const int CutBytes = 150;
    private const string HashMark = "%h";

    // Begins a run of capital letters, and ends it where a small one follows.
    private const string RunMark = "++";

    // Below that a plus for each is no longer.
    private const int RunMin = 3;

    private static readonly SearchValues<char> Strange = SearchValues.Create("%+\0");

    /// <summary>The name of an id, or of a collection.</summary>
    public static string Of(string id)
    {
        var name = new StringBuilder(id.Length + 16);
        var bytes = 0;
        var cut = 0;
        var isRun = false;
        for (var i = 0; i < id.Length;)
        {
            _ = Rune.DecodeFromUtf16(id.AsSpan(i), out var rune, out var width);
            var isEdge = i == 0 || i + width == id.Length;
            if (isRun ? NameAlphabet.CapitalOf(rune.Value) >= 0 : BeginsRun(id.AsSpan(i)))
            {
                isRun = !isRun;
                bytes += RunMark.Length;
                _ = name.Append(RunMark);
            }

            bytes += Append(name, rune, isEdge, isRun);
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
        var isRun = false;
        for (var i = 0; i < name.Length;)
        {
            if (name.AsSpan(i).StartsWith(RunMark, StringComparison.Ordinal))
            {
                isRun = !isRun;
                i += RunMark.Length;
                continue;
            }

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
            if (Rune.DecodeFromUtf16(name.AsSpan(i), out var rune, out var width) != OperationStatus.Done)
            {
                return null;
            }

            var capital = isCapital || isRun ? NameAlphabet.CapitalOf(rune.Value) : -1;
            if (isCapital && (isRun || capital < 0))
            {
                return null;
            }

            var character = capital >= 0 ? capital : rune.Value;

            bytes.Advance(new Rune(character).EncodeToUtf8(bytes.GetSpan(4)));
            i += width;
        }

        return Decode(bytes.WrittenSpan);
    }

    // Whether three capital letters come before any small one; what has no case may stand between.
    private static bool BeginsRun(ReadOnlySpan<char> rest)
    {
        var capitals = 0;
        foreach (var rune in rest.EnumerateRunes())
        {
            var isCapital = NameAlphabet.SmallOf(rune.Value) >= 0;
            if (!isCapital && (capitals == 0 || NameAlphabet.CapitalOf(rune.Value) >= 0))
            {
                return false;
            }

            if (isCapital && ++capitals == RunMin)
            {
                return true;
            }
        }

        return false;
    }

    private static int Append(StringBuilder name, Rune rune, bool isEdge, bool isRun)
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
            _ = (isRun ? name : name.Append('+')).Append(letter);
            return (isRun ? 0 : 1) + letter.Utf8SequenceLength;
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
