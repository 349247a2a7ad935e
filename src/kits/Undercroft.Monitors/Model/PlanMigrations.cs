using System.Text.Json;
using System.Text.Json.Nodes;
using Undercroft.Migrations;

namespace Undercroft.Monitors;

/// <summary>The versions plans have had. 1.0 is what others have written: hosts beside the nodes, numbers for words,
/// <c>ENDPOINT</c>, <c>accessor</c>. In 2.0 an array of one element meant what its text meant alone.</summary>
internal static class PlanMigrations
{
    private const string Old = "1.0";
    private const string Second = "2.0";

    private static readonly string[] OldTypes = ["ENDPOINT", "WAIT", "ASSERTION"];
    private static readonly string[] OldUnits = ["MINUTE", "HOUR", "DAY"];
    private static readonly string[] OldFormats = ["JSON", "XML", "TEXT"];
    private static readonly string[] OldMethods =
        ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];

    public static MigrationChain Chain { get; } = new MigrationChain(Old)
        .Step(Old, Second, ToSecond)
        .Step(Second, MonitorPlan.CurrentVersion, PathMigration.Raise)
        .DetectBy(static document => Text(document["version"]));

    /// <summary>The version a plan says it has; without one it is the current, for who writes plans by hand.</summary>
    public static string VersionOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("version", out var version)
        && version.ValueKind != JsonValueKind.Null
            ? version.ToString()
            : MonitorPlan.CurrentVersion;

    private static JsonObject ToSecond(JsonObject plan)
    {
        plan["version"] = Second;
        var host = Take(plan, "endpoint_host");
        if (plan["frequency"] is JsonObject frequency)
        {
            Reword(frequency, "unit", OldUnits);
        }

        var nodes = plan["nodes"] as JsonArray ?? [];
        foreach (var node in nodes.OfType<JsonObject>())
        {
            RaiseNode(node, host);
        }

        AddEnds(plan, nodes);
        NameRequests(plan, nodes);
        return plan;
    }

    private static void RaiseNode(JsonObject node, JsonNode? host)
    {
        if (Take(node, "data") is { } data)
        {
            foreach (var (name, value) in data is JsonObject members ? members.ToList() : [])
            {
                node[name] = value?.DeepClone();
            }

            if (data is JsonArray)
            {
                node["assertions"] = data.DeepClone();
            }
        }

        Reword(node, "type", OldTypes);
        if (Is(node["type"], OldTypes[0]))
        {
            node["type"] = HttpRequestNode.TypeName;
            Reword(node, "method", OldMethods);
            Reword(node, "response_format", OldFormats);
            if (node["base"] is null && host is not null)
            {
                node["base"] = WithScheme(host);
            }
        }

        foreach (var assertion in (node["assertions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            RaiseAssertion(assertion);
        }
    }

    private static void RaiseAssertion(JsonObject assertion)
    {
        _ = Take(assertion, "assertionType");
        if (Take(assertion, "accessor") is { } accessor)
        {
            assertion["subject"] = accessor;
        }

        assertion["subject"] ??= "body";
        if (Take(assertion, "expected") is { } expected && assertion["predicate"] is null)
        {
            assertion["predicate"] = new JsonObject { ["operator"] = "EQUAL", ["expected"] = expected };
        }

        if (Is(assertion["subject"], "status"))
        {
            _ = Take(assertion, "path");
        }
    }

    // Older plans have edges between nodes only: what nothing leads to is where a run begins.
    private static void AddEnds(JsonObject plan, JsonArray nodes)
    {
        if (plan["edges"] is not JsonArray edges)
        {
            return;
        }

        var pairs = edges.OfType<JsonObject>().Select(static edge => (From: Text(edge["from"]), To: Text(edge["to"])))
            .ToList();
        if (pairs.Any(static pair => pair.From == PlanEdge.Start || pair.To == PlanEdge.End))
        {
            return;
        }

        foreach (var id in nodes.OfType<JsonObject>().Select(static node => Text(node["id"])))
        {
            if (!pairs.Exists(pair => pair.To == id))
            {
                edges.Add((JsonNode)new JsonObject { ["from"] = PlanEdge.Start, ["to"] = id });
            }

            if (!pairs.Exists(pair => pair.From == id))
            {
                edges.Add((JsonNode)new JsonObject { ["from"] = id, ["to"] = PlanEdge.End });
            }
        }
    }

    // Older assertions meant the request before them in the list.
    private static void NameRequests(JsonObject plan, JsonArray nodes)
    {
        string? latest = null;
        foreach (var node in nodes.OfType<JsonObject>())
        {
            latest = Is(node["type"], HttpRequestNode.TypeName) ? Text(node["id"]) : latest;
            foreach (var assertion in (node["assertions"] as JsonArray ?? []).OfType<JsonObject>())
            {
                assertion["nodeId"] ??= latest;
            }
        }
    }

    private static JsonNode? Take(JsonObject from, string name)
    {
        var node = from[name];
        _ = from.Remove(name);
        return node;
    }

    private static void Reword(JsonObject holder, string name, string[] words)
    {
        if (holder[name] is not JsonValue value)
        {
            return;
        }

        if (value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number)
            && number >= 0 && number < words.Length)
        {
            holder[name] = words[number];
        }
        else if (value.GetValueKind() == JsonValueKind.String)
        {
            holder[name] = value.GetValue<string>().ToUpperInvariant();
        }
    }

    private static JsonNode WithScheme(JsonNode host) => Text(host) is { } text
        ? JsonValue.Create(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}")!
        : host.DeepClone();

    private static bool Is(JsonNode? node, string word) => Text(node) == word;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
