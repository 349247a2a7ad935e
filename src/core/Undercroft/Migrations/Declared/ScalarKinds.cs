using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>The types of JSON values by name, and what one is as another.</summary>
internal static class ScalarKinds
{
    public const string Text = "text";
    public const string Number = "number";
    public const string Boolean = "boolean";

    public static string NameOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => Text,
        JsonValueKind.Number => Number,
        JsonValueKind.True or JsonValueKind.False => Boolean,
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => "null",
    };

    /// <summary>Gives a value as another type; null where it is none.</summary>
    public static JsonNode? Convert(JsonNode value, string kind) => (NameOf(value), kind) switch
    {
        (Text, Text) or (Number, Number) or (Boolean, Boolean) => value.DeepClone(),
        (Text, Number) => Parsed(value.GetValue<string>(), Number),
        (Text, Boolean) => Parsed(value.GetValue<string>(), Boolean),
        (Number or Boolean, Text) => value.ToJsonString(),
        (Boolean, Number) => value.GetValue<bool>() ? 1 : 0,
        (Number, Boolean) => value.ToJsonString() switch { "1" => true, "0" => false, _ => null },
        _ => null,
    };

    private static JsonNode? Parsed(string text, string kind)
    {
        try
        {
            // Only what is written back the same.
            return JsonNode.Parse(text) is { } value && NameOf(value) == kind && value.ToJsonString() == text
                ? value
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
