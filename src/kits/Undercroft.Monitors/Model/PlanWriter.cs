using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Writes a plan as JSON of the current version.</summary>
internal static class PlanWriter
{
    public static void Write(Utf8JsonWriter writer, MonitorPlan plan)
    {
        writer.WriteStartObject();
        Text(writer, "id", plan.Id.Length == 0 ? null : plan.Id);
        writer.WriteString("version", MonitorPlan.CurrentVersion);
        writer.WriteString("name", plan.Name);
        Text(writer, "organization", plan.Organization);
        Text(writer, "project", plan.Project);
        writer.WriteString("environment", plan.Environment);
        if (plan.Locations.Count > 0)
        {
            Texts(writer, "locations", plan.Locations);
        }

        if (plan.Frequency is { } frequency)
        {
            writer.WriteStartObject("frequency");
            writer.WriteNumber("every", frequency.Every);
            writer.WriteString("unit", PlanWords.Of(PlanWords.Units, frequency.Unit));
            writer.WriteEndObject();
        }

        Text(writer, "cron", plan.Cron);
        Text(writer, "timeZone", plan.TimeZone);
        writer.WriteBoolean("enabled", plan.IsEnabled);
        if (plan.Variables.Count > 0)
        {
            writer.WriteStartObject("variables");
            foreach (var (key, value) in plan.Variables.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        WriteGraph(writer, plan);
        writer.WriteEndObject();
    }

    private static void WriteGraph(Utf8JsonWriter writer, MonitorPlan plan)
    {
        writer.WriteStartArray("nodes");
        foreach (var node in plan.Nodes)
        {
            writer.WriteStartObject();
            writer.WriteString("id", node.Id);
            writer.WriteString("type", node.Type);
            switch (node)
            {
                case HttpRequestNode request:
                    Write(writer, request);
                    break;
                case WaitNode wait:
                    writer.WriteNumber("duration_ms", (long)wait.Duration.TotalMilliseconds);
                    break;
                case AssertionNode assertions:
                    Write(writer, assertions);
                    break;
                default:
                    throw new InvalidOperationException($"A node of type {node.Type} cannot be written.");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("edges");
        foreach (var edge in plan.Edges)
        {
            writer.WriteStartObject();
            writer.WriteString("from", edge.From);
            writer.WriteString("to", edge.To);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, HttpRequestNode request)
    {
        writer.WriteString("method", request.Method);
        Value(writer, "base", request.Base);
        Value(writer, "path", request.Path.Json.ValueEqualsEmpty() ? null : request.Path);
        if (request.Headers.Count > 0)
        {
            writer.WriteStartObject("headers");
            foreach (var (name, value) in request.Headers)
            {
                Value(writer, name, value);
            }

            writer.WriteEndObject();
        }

        Value(writer, "body", request.Body);
        writer.WriteString("response_format", PlanWords.Of(PlanWords.Formats, request.ResponseFormat));
        if (request.Timeout is { } timeout)
        {
            writer.WriteNumber("timeout_ms", (long)timeout.TotalMilliseconds);
        }

        if (!request.FollowsRedirects)
        {
            writer.WriteBoolean("follow_redirects", false);
        }
    }

    private static void Write(Utf8JsonWriter writer, AssertionNode node)
    {
        writer.WriteStartArray("assertions");
        foreach (var assertion in node.Assertions)
        {
            writer.WriteStartObject();
            writer.WriteString("nodeId", assertion.NodeId);
            writer.WriteString("subject", PlanWords.Of(PlanWords.Subjects, assertion.Subject));
            if (assertion.PathExpression is { } expression)
            {
                writer.WriteString("path", expression);
            }
            else if (assertion.Path.Count > 0)
            {
                Texts(writer, "path", assertion.Path);
            }

            var word = PlanWords.Of(PlanWords.Operators, assertion.Operator);
            if (PlanWords.IsUnary(assertion.Operator))
            {
                writer.WriteString("predicate", word);
            }
            else
            {
                writer.WriteStartObject("predicate");
                writer.WriteString("operator", word);
                Value(writer, "expected", assertion.Expected ?? PlanValue.Parse("null"));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void Texts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter writer, string name, PlanValue? value)
    {
        if (value is not null)
        {
            writer.WritePropertyName(name);
            value.Json.WriteTo(writer);
        }
    }

    private static bool ValueEqualsEmpty(this JsonElement json) =>
        json.ValueKind == JsonValueKind.String && json.ValueEquals("");
}
