using System.Text.Unicode;

namespace Undercroft.Stories;

/// <summary>Names what is no story in a format that is read: the answer should help whoever asked.</summary>
internal static class ForeignFormats
{
    // A few lines tell what a text is.
    private const int LinesMax = 2_000;

    /// <summary>What bytes are that are no text; null where they may be text.</summary>
    public static string? OfBytes(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty || file.SequenceEqual("\uFEFF"u8))
        {
            return "an empty file";
        }

        if (file.Length >= 2 && (file[0], file[1]) is (0xFF, 0xFE) or (0xFE, 0xFF))
        {
            return null;
        }

        return file switch
        {
            _ when file.StartsWith("PK\u0003\u0004"u8) => "a ZIP archive, or a document in one",
            _ when file.StartsWith("%PDF"u8) => "a PDF document",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] => "a picture",
            _ when file.StartsWith("GIF8"u8) => "a picture",
            [0x1F, 0x8B, ..] => "a gzip archive",
            _ => IsBinary(file) ? "a binary file" : null,
        };
    }

    /// <summary>What a text is that is no story in a format that is read.</summary>
    public static string OfText(string text)
    {
        if (text.StartsWith('\uFFFE') || text.StartsWith("\u00FF\u00FE", StringComparison.Ordinal))
        {
            return "UTF-16 text";
        }

        var start = text.AsSpan().TrimStart();
        if (start.StartsWith('{') || start.StartsWith('['))
        {
            return OfJson(text);
        }

        if (start.StartsWith('<'))
        {
            return start.StartsWith("<?xml") ? "XML" : "a web page without a story of Twine in it";
        }

        return OfLines(text);
    }

    private static string OfJson(string text)
    {
        if (JsonGrammar.FindFault(text, out var expected) is var fault and >= 0)
        {
            return $"broken JSON: line {new LineCounter(text).At(fault)} should have {expected}";
        }

        return text.Contains("\"inkVersion\"", StringComparison.Ordinal)
            ? "compiled ink, which Undercroft does not read"
            : "JSON without a list of passages";
    }

    private static string OfLines(string text)
    {
        var (ink, renpy, yarn, choiceScript) = (0, 0, 0, 0);
        var count = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            if (count++ == LinesMax)
            {
                break;
            }

            var line = raw.Trim();
            ink += IsInk(line) ? 1 : 0;
            renpy += IsRenpy(line) ? 1 : 0;
            yarn += line is "===" or "---" || line.StartsWith("title:") ? 1 : 0;
            choiceScript += line.StartsWith("*choice") || line.StartsWith("*label ") || line.StartsWith("*goto ")
                ? 1
                : 0;
        }

        var most = Math.Max(Math.Max(ink, renpy), Math.Max(yarn, choiceScript));
        return most == 0 ? "plain text"
            : most == renpy ? "a script of Ren'Py, which Undercroft does not read"
            : most == yarn ? "Yarn, which Undercroft does not read"
            : most == choiceScript ? "ChoiceScript, which Undercroft does not read"
            : "ink source, which Undercroft does not read";
    }

    private static bool IsInk(ReadOnlySpan<char> line) =>
        line.StartsWith("== ") || line.StartsWith("=== ") || line.StartsWith("-> ") || line.StartsWith("VAR ")
        || line.StartsWith("LIST ") || line.StartsWith("~ ") || line.StartsWith("* [") || line.StartsWith("+ [");

    private static bool IsRenpy(ReadOnlySpan<char> line) =>
        (line.StartsWith("label ") && line.EndsWith(':')) || line is "menu:" or "python:" or "init python:"
        || line.StartsWith("define ") || line.StartsWith("default ") || line.StartsWith("transform ")
        || line.StartsWith("image ") || line.StartsWith("style ") || line.StartsWith("init ")
        || line.StartsWith("testsuite ") || line.StartsWith("screen ") || line.StartsWith("testcase ");

    private static bool IsBinary(ReadOnlySpan<byte> file)
    {
        var sample = file[..Math.Min(file.Length, 8192)];
        var control = 0;
        foreach (var b in sample)
        {
            control += b < 0x20 && b is not ((byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0C) ? 1 : 0;
        }

        // A text may be full of control characters, such as those that colour a terminal, and is still a text.
        return control * 20 > sample.Length && (sample.Contains((byte)0) || !Utf8.IsValid(file));
    }
}
