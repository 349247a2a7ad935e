using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>Writes long text, whose many line ends and quotes the library's own escaping takes one character at a time,
/// in the runs between them.</summary>
internal sealed class StoryTextConverter : JsonConverter<string>
{
    // An escape is at most six bytes, a UTF-16 unit at most three.
    private const int BytesEachMax = 6;

    // Above this the buffer would cost more than it saves.
    private const int LengthMax = 64 * 1024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, ' ').Select(static c => (char)c), '"', '\\', '\u007F']);

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (value.Length > LengthMax)
        {
            writer.WriteStringValue(value);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((value.Length * BytesEachMax) + 2);
        try
        {
            // What is written is valid: quotes around text in which all that must be is escaped.
            writer.WriteRawValue(buffer.AsSpan(0, Write(value, buffer)), skipInputValidation: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Write(ReadOnlySpan<char> rest, Span<byte> into)
    {
        into[0] = (byte)'"';
        var at = 1;
        while (true)
        {
            var plain = PlainText.Narrow(rest, into[at..]);
            at += plain;
            rest = rest[plain..];
            if (rest.IsEmpty)
            {
                into[at] = (byte)'"';
                return at + 1;
            }

            if (char.IsAscii(rest[0]))
            {
                at += Escape(rest[0], into[at..]);
                rest = rest[1..];
                continue;
            }

            var run = rest.IndexOfAny(Escaped);
            run = run < 0 ? rest.Length : run;
            at += Encoding.UTF8.GetBytes(rest[..run], into[at..]);
            rest = rest[run..];
        }
    }

    private static int Escape(char c, Span<byte> into)
    {
        into[0] = (byte)'\\';
        into[1] = c switch
        {
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            '"' or '\\' => (byte)c,
            _ => (byte)'u',
        };
        if (into[1] != 'u')
        {
            return 2;
        }

        "00"u8.CopyTo(into[2..]);
        into[4] = (byte)"0123456789ABCDEF"[c >> 4];
        into[5] = (byte)"0123456789ABCDEF"[c & 0xF];
        return BytesEachMax;
    }
}
