namespace Undercroft.Files.Naming;

/// <summary>Which characters stand in file names as they are, and which small letter stands for a capital one.
/// </summary>
/// <remarks>
/// The tables are part of the stored format and written out here, so that no version of the runtime or of Unicode can
/// change them. What stands as it is has no capital form of its own folding to another such character, and is its own
/// canonical (NFC) form; everything else is escaped.
/// </remarks>
internal static class NameAlphabet
{
    private const string Punctuation = "-_.,;=@#$&'()[]{}!^ ";

    // First and last of each range of letters without case, or of small letters.
    private static ReadOnlySpan<int> Readable =>
    [
        0x00E0, 0x00F6, 0x00F8, 0x00FF, // Latin with accents; ß folds to ss somewhere and is not here
        0x03AC, 0x03AF, 0x03B1, 0x03C1, 0x03C3, 0x03C9, 0x03CC, 0x03CE, // Greek, without the final sigma
        0x0430, 0x045F, // Cyrillic
        0x05D0, 0x05EA, // Hebrew
        0x0621, 0x063A, 0x0641, 0x064A, // Arabic
        0x0E01, 0x0E30, 0x0E32, 0x0E32, 0x0E40, 0x0E45, // Thai
        0x10D0, 0x10F0, // Georgian
        0x3005, 0x3005, 0x3041, 0x3096, 0x30A1, 0x30FA, 0x30FC, 0x30FC, // Japanese
        0x3400, 0x4DB5, 0x4E00, 0x9FA5, 0x20000, 0x2A6D6, // Chinese characters
        0xAC00, 0xD7A3, // Korean
    ];

    /// <summary>Whether a character stands in a name as it is, wherever it comes.</summary>
    public static bool IsReadable(int character)
    {
        if (character < 0x80)
        {
            return char.IsAsciiLetterLower((char)character) || char.IsAsciiDigit((char)character) ||
                Punctuation.Contains((char)character, StringComparison.Ordinal);
        }

        if (character is >= 0x0100 and <= 0x017E)
        {
            return IsPaired(character) && !IsCapitalOfPair(character);
        }

        var ranges = Readable;
        for (var i = 0; i < ranges.Length; i += 2)
        {
            if (character >= ranges[i] && character <= ranges[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The small letter that stands for a capital one after a plus; −1 where none does.</summary>
    public static int SmallOf(int capital) => capital switch
    {
        >= 'A' and <= 'Z' => capital + 32,
        (>= 0x00C0 and <= 0x00D6) or (>= 0x00D8 and <= 0x00DE) => capital + 32,
        (>= 0x0391 and <= 0x03A1) or (>= 0x03A3 and <= 0x03A9) => capital + 32,
        >= 0x0400 and <= 0x040F => capital + 80,
        >= 0x0410 and <= 0x042F => capital + 32,
        >= 0x0100 and <= 0x017E when IsPaired(capital) && IsCapitalOfPair(capital) => capital + 1,
        _ => -1,
    };

    /// <summary>The capital letter a small one stands for after a plus; −1 where it stands for none.</summary>
    public static int CapitalOf(int small)
    {
        foreach (var distance in (ReadOnlySpan<int>)[32, 80, 1])
        {
            if (small > distance && SmallOf(small - distance) == small)
            {
                return small - distance;
            }
        }

        return -1;
    }

    // In this block capitals and small letters alternate, except for a few loners that are escaped.
    private static bool IsPaired(int character) =>
        character is not (0x0130 or 0x0131 or 0x0138 or 0x0149 or 0x0178);

    private static bool IsCapitalOfPair(int character) =>
        character is (>= 0x0139 and <= 0x0148) or >= 0x0179 ? (character & 1) == 1 : (character & 1) == 0;
}
