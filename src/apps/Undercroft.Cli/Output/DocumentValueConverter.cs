using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Cli.Output;

/// <summary>Writes a document into JSON as it is, also one with half a surrogate pair in it, which no text of .NET can
/// be made of.</summary>
internal sealed class DocumentValueConverter : JsonConverter<JsonElement>
{
    /// <summary>Writes a value on one line.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (HasHalves(value))
        {
            writer.WriteRawValue(Compact(Encoding.UTF8.GetBytes(value.GetRawText())), skipInputValidation: true);
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
        Write(writer, value);

    // Half a pair can only be written escaped. Most documents have no such escape, and are not tried.
    private static bool HasHalves(JsonElement value)
    {
        if (!value.GetRawText().Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            value.WriteTo(writer);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // Only what stands between the parts is left out.
    private static ReadOnlySpan<byte> Compact(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var result = new List<byte>(json.Length);
        var last = JsonTokenType.None;
        while (reader.Read())
        {
            var isEnd = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
            var isFirst = last is JsonTokenType.None or JsonTokenType.StartArray or JsonTokenType.StartObject
                or JsonTokenType.PropertyName;
            if (!isEnd && !isFirst)
            {
                result.Add((byte)',');
            }

            last = reader.TokenType;
            var isText = last is JsonTokenType.String or JsonTokenType.PropertyName;
            if (isText)
            {
                result.Add((byte)'"');
            }

            result.AddRange(reader.ValueSpan);
            if (isText)
            {
                result.Add((byte)'"');
            }

            if (last == JsonTokenType.PropertyName)
            {
                result.Add((byte)':');
            }
        }

        return result.ToArray();
    }
}
