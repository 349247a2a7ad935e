using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Counts words by the default word boundaries of Unicode (UAX #29), as far as they decide what is one
/// word.</summary>
/// <remarks>
/// A word is a run of letters and digits, joined across apostrophes, full stops and the like within it. Ideographs and
/// Hiragana count one by one, as the rules have it where no dictionary is at hand.
/// </remarks>
internal static class WordCounter
{
    private enum Class
    {
        Other,
        Letter,
        Number,
        Katakana,
        Alone,
        Extend,
        MidLetter,
        MidNumber,
        MidBoth,
        Join,
    }

    private static readonly byte[] AsciiClasses =
        [.. Enumerable.Range(0, 128).Select(static c => (byte)ClassOfAscii((char)c))];

    public static int Count(ReadOnlySpan<char> text) =>
        Ascii.IsValid(text) && !text.Contains('_') ? AsciiWords.Count(text) : CountAny(text);

    private static int CountAny(ReadOnlySpan<char> text)
    {
        var words = 0;
        var last = Class.Other;
        var middle = Class.Other;
        for (var i = 0; i < text.Length;)
        {
            var next = Take(text, ref i);
            if (next == last && middle == Class.Other && next == Class.Letter)
            {
                // Within a word, as most characters are.
                continue;
            }

            switch (next)
            {
                case Class.Extend:
                    continue;
                case Class.Alone:
                    words++;
                    (last, middle) = (Class.Other, Class.Other);
                    continue;
                case Class.Letter or Class.Number or Class.Katakana:
                    words += Continues(last, middle, next) ? 0 : 1;
                    (last, middle) = (next, Class.Other);
                    continue;
                case Class.Join when last != Class.Other && middle == Class.Other:
                    last = Class.Join;
                    continue;
                case Class.MidLetter or Class.MidNumber or Class.MidBoth
                    when last is Class.Letter or Class.Number && middle == Class.Other:
                    middle = next;
                    continue;
                default:
                    (last, middle) = (Class.Other, Class.Other);
                    continue;
            }
        }

        return words;
    }

    private static bool Continues(Class last, Class middle, Class next) => middle switch
    {
        Class.Other => last switch
        {
            Class.Letter or Class.Number => next is Class.Letter or Class.Number,
            Class.Katakana => next == Class.Katakana,
            Class.Join => true,
            _ => false,
        },
        Class.MidLetter => last == Class.Letter && next == Class.Letter,
        Class.MidNumber => last == Class.Number && next == Class.Number,
        _ => last == next,
    };

    private static Class Take(ReadOnlySpan<char> text, ref int at)
    {
        var c = text[at];
        if (c < AsciiClasses.Length)
        {
            at++;
            return (Class)AsciiClasses[c];
        }

        _ = Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
        at += length;
        return Classify(rune);
    }

    private static Class ClassOfAscii(char c) => c switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => Class.Letter,
        >= '0' and <= '9' => Class.Number,
        '_' => Class.Join,
        '\'' or '.' => Class.MidBoth,
        ':' => Class.MidLetter,
        ',' or ';' => Class.MidNumber,
        _ => Class.Other,
    };

    private static Class Classify(Rune rune)
    {
        return rune.Value switch
        {
            0x2018 or 0x2019 or 0x2024 or 0xFF0E => Class.MidBoth,
            0x00B7 or 0x0387 or 0x055F or 0x05F4 or 0x2027 => Class.MidLetter,
            0x066C => Class.MidNumber,
            >= 0x3041 and <= 0x309F => Class.Alone,
            >= 0x30A1 and <= 0x30FF or >= 0x31F0 and <= 0x31FF or >= 0xFF66 and <= 0xFF9D => Class.Katakana,
            0x3005 or 0x3007 or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF
                or >= 0x20000 and <= 0x3FFFD => Class.Alone,
            _ => ByCategory(Rune.GetUnicodeCategory(rune)),
        };
    }

    private static Class ByCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.LetterNumber => Class.Letter,
        UnicodeCategory.DecimalDigitNumber => Class.Number,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format => Class.Extend,
        UnicodeCategory.ConnectorPunctuation => Class.Join,
        _ => Class.Other,
    };
}
