using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Indexes;

/// <summary>Keeps an <see cref="IndexField"/> in JSON as its text.</summary>
internal sealed class IndexFieldConverter : JsonConverter<IndexField>
{
    public override IndexField Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return IndexField.Parse(reader.GetString() ?? "");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, IndexField value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
