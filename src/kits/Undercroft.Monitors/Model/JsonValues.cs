using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Makes JSON values.</summary>
internal static class JsonValues
{
    public static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    public static JsonElement Of(string text) => Build(writer => writer.WriteStringValue(text));

    public static JsonElement Of(long number) => Build(writer => writer.WriteNumberValue(number));

    public static JsonElement Of(bool flag) => Build(writer => writer.WriteBooleanValue(flag));

    public static JsonElement Of(double number) => double.IsFinite(number)
        ? Build(writer => writer.WriteNumberValue(number))
        : Of(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
