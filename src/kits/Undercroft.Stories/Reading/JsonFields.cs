using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>Reads and writes a JSON object as an ordered list of fields.</summary>
internal static class JsonFields
{
    private static readonly SearchValues<char> NotPlain =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code), '"', '\\']);

    /// <summary>Reads an object; of a repeated key the last value counts and <paramref name="repeated"/> names
    /// it.</summary>
    /// <returns>Null where the text is not one JSON object.</returns>
    public static List<StoryField>? Parse(ReadOnlySpan<char> json, out string? repeated)
    {
        repeated = null;
        if (ParsePlain(json) is { } plain)
        {
            return plain;
        }

        try
        {
            // Half of a surrogate pair is read as it would be out of a file: as U+FFFD.
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json.ToString()));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var fields = new List<StoryField>();
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var field = Field(property);
                if (seen.TryAdd(field.Name, fields.Count))
                {
                    fields.Add(field);
                }
                else
                {
                    repeated = field.Name;
                    fields[seen[field.Name]] = field;
                }
            }

            return fields;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // An escape such as "\ud800" is well-formed JSON and yet no text.
            return null;
        }
    }

    /// <summary>Writes fields as an object on one line.</summary>
    public static string Write(IEnumerable<StoryField> fields, bool indented = false)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options(indented)))
        {
            writer.WriteStartObject();
            foreach (var field in fields)
            {
                writer.WritePropertyName(field.Name);
                if (field.IsJson)
                {
                    writer.WriteRawValue(field.Value);
                }
                else
                {
                    writer.WriteStringValue(field.Value);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Reads an array of strings; null where the text is anything else.</summary>
    public static List<string>? ParseArray(string json) =>
        JsonGrammar.FindFault(json, out _) < 0 ? JsonScan.Texts(json, JsonScan.Root(json)) : null;

    /// <summary>Writes an array of strings.</summary>
    public static string WriteArray(IEnumerable<string> items)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options(indented: false)))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                writer.WriteStringValue(item);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A JSON value as <see cref="Parse"/> would give it back; null where the text is not one that is no
    /// string.</summary>
    public static string? Canonical(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.String ? null : OneLine(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StoryField Field(JsonProperty property) => property.Value.ValueKind == JsonValueKind.String
        ? new StoryField(property.Name, property.Value.GetString()!)
        : new StoryField(property.Name, OneLine(property.Value), IsJson: true);

    // A header is one line, so JSON laid out over several lines is laid out anew.
    private static string OneLine(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.AsSpan().ContainsAny('\r', '\n') ? JsonLayout.Compact(raw) : raw;
    }

    // Nearly all metadata is {"position":"1,2","size":"3,4"}: plain strings, read without a document.
    private static List<StoryField>? ParsePlain(ReadOnlySpan<char> json)
    {
        if (json.Length < 2 || json[0] != '{' || json[^1] != '}')
        {
            return null;
        }

        var fields = new List<StoryField>(2);
        var rest = json[1..^1].Trim(' ');
        while (!rest.IsEmpty)
        {
            if (!TakeString(ref rest, out var name) || !rest.StartsWith(':'))
            {
                return null;
            }

            rest = rest[1..].TrimStart(' ');
            if (!TakeString(ref rest, out var value) || fields.Exists(field => field.Name == name))
            {
                return null;
            }

            fields.Add(new StoryField(name, value));
            if (rest.IsEmpty)
            {
                return fields;
            }

            if (rest[0] != ',' || rest.Length == 1 || fields.Count > 8)
            {
                return null;
            }

            rest = rest[1..].TrimStart(' ');
        }

        return fields.Count == 0 ? fields : null;
    }

    private static bool TakeString(ref ReadOnlySpan<char> rest, out string value)
    {
        value = "";
        if (!rest.StartsWith('"'))
        {
            return false;
        }

        var end = rest[1..].IndexOfAny(NotPlain);
        if (end < 0 || rest[end + 1] != '"')
        {
            return false;
        }

        var text = rest.Slice(1, end);
        value = text is "position" ? "position" : text is "size" ? "size" : text.ToString();
        rest = rest[(end + 2)..].TrimStart(' ');
        return true;
    }

    // Every character as itself where JSON allows it: the target is a file that people read.
    private static JsonWriterOptions Options(bool indented) =>
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = indented, NewLine = "\n" };
}
