using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Undercroft.Stories;

/// <summary>A file's text, and how its bytes said it.</summary>
internal sealed class SourceText
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    private SourceText(string text, string encoding, bool mark, string sha256)
    {
        Text = text;
        Encoding = encoding;
        ByteOrderMark = mark;
        Sha256 = sha256;
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        Newline = end >= 0 && text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? "\r\n" : "\n";
    }

    public string Text { get; }

    public string Encoding { get; }

    public bool ByteOrderMark { get; }

    public string Sha256 { get; }

    public string Newline { get; }

    /// <summary>Decodes a file: UTF-8, or windows-1252 where it is not valid UTF-8.</summary>
    /// <exception cref="StoryFormatException">The file is empty or UTF-16.</exception>
    public static SourceText Decode(ReadOnlySpan<byte> file, string? name, ReportBuilder report)
    {
        if (file.Length >= 2 && (file[0], file[1]) is (0xFF, 0xFE) or (0xFE, 0xFF))
        {
            throw new StoryFormatException(
                $"Cannot read {Names.Show(name ?? "story")}, line 1: it is UTF-16; save it as UTF-8.", name, 1);
        }

        var mark = file.StartsWith(Utf8Mark);
        var content = mark ? file[Utf8Mark.Length..] : file;
        if (content.IsEmpty)
        {
            throw new StoryFormatException(
                $"Cannot read {Names.Show(name ?? "story")}, line 1: the file is empty; "
                + "expected a story.",
                name,
                1);
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        if (Utf8.IsValid(content))
        {
            var text = System.Text.Encoding.UTF8.GetString(content);
            ReportControl(text, report);
            return new SourceText(text, "utf-8", mark, sha256);
        }

        var decoded = Windows1252.Decode(content);
        var bad = Utf8Faults.First(content);
        report.Add(
            ConversionRules.TextEncoding,
            line: 1 + content[..bad].Count((byte)'\n'),
            before: string.Create(CultureInfo.InvariantCulture, $"byte 0x{content[bad]:x2}"));
        ReportControl(decoded, report);
        return new SourceText(decoded, "windows-1252", mark, sha256);
    }

    /// <summary>What a story remembers of the file, to be written as it came.</summary>
    public StoryOrigin OriginAs(string format, string? file) => new()
    {
        Format = format,
        File = file,
        Sha256 = Sha256,
        Encoding = Encoding,
        ByteOrderMark = ByteOrderMark,
        Newline = Newline,
    };

    /// <summary>The text of a file as far as it has any, for a look at it.</summary>
    public static string Show(ReadOnlySpan<byte> file)
    {
        var content = file.StartsWith(Utf8Mark) ? file[Utf8Mark.Length..] : file;
        return Utf8.IsValid(content) ? System.Text.Encoding.UTF8.GetString(content) : Windows1252.Decode(content);
    }

    /// <summary>Encodes text the way a story's source did, where that can hold it.</summary>
    public static byte[] Encode(string text, string encoding, bool mark, ReportBuilder report)
    {
        var start = mark ? Utf8Mark.Length : 0;
        if (encoding == "windows-1252")
        {
            if (Windows1252.CanEncode(text))
            {
                var narrow = Make(start, text.Length);
                Windows1252.Encode(text, narrow.AsSpan(start));
                return narrow;
            }

            report.Add(ConversionRules.TextRecoded);
        }

        var output = Make(start, System.Text.Encoding.UTF8.GetByteCount(text));
        _ = System.Text.Encoding.UTF8.GetBytes(text, output.AsSpan(start));
        return output;
    }

    private static byte[] Make(int mark, int size)
    {
        var output = new byte[mark + size];
        Utf8Mark[..mark].CopyTo(output);
        return output;
    }

    private static void ReportControl(string text, ReportBuilder report)
    {
        var at = text.IndexOf('\0', StringComparison.Ordinal);
        if (at >= 0)
        {
            report.Add(ConversionRules.TextControl, line: 1 + text.AsSpan(0, at).Count('\n'));
        }
    }
}
