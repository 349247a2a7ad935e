using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Monitors;

/// <summary>From 2.0, where a path of one element meant the same as a text and as an array, to where a text is an
/// expression and an array holds names.</summary>
internal static class PathMigration
{
    public static JsonObject Raise(JsonObject plan)
    {
        plan["version"] = MonitorPlan.CurrentVersion;
        var nodes = (plan["nodes"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var xml = nodes.Where(static node => Text(node["response_format"]) == "XML")
            .Select(static node => Text(node["id"])).ToHashSet(StringComparer.Ordinal);
        foreach (var assertion in nodes
            .SelectMany(static node => (node["assertions"] as JsonArray ?? []).OfType<JsonObject>())
            .Where(static one => Text(one["subject"]) == "body"))
        {
            var text = Text(assertion["path"])
                ?? (assertion["path"] is JsonArray { Count: 1 } single ? Text(single[0]) : null);
            if (text is not null)
            {
                // The one it was read as.
                assertion["path"] = xml.Contains(Text(assertion["nodeId"])) || text.StartsWith('$')
                    ? text
                    : new JsonArray(JsonValue.Create(text));
            }
        }

        return plan;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
