using System.Globalization;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>Says in lines how two documents differ.</summary>
internal static class JsonDifference
{
    private const int LinesMax = 20;
    private const int ValueLengthMax = 60;

    public static IReadOnlyList<string> Lines(JsonNode? before, JsonNode? after)
    {
        List<string> lines = [];
        Compare("", before, after, lines);
        return lines.Count <= LinesMax ? lines : [.. lines.Take(LinesMax - 1), "…"];
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<string> lines)
    {
        if (lines.Count > LinesMax || JsonNode.DeepEquals(before, after))
        {
            return;
        }

        switch (before, after)
        {
            case (JsonObject old, JsonObject made):
                foreach (var name in old.Select(static pair => pair.Key).Union(made.Select(static pair => pair.Key)))
                {
                    Step(path.Length == 0 ? name : $"{path}.{name}",
                        old.TryGetPropertyValue(name, out var was), was, made.TryGetPropertyValue(name, out var now),
                        now, lines);
                }

                break;
            case (JsonArray old, JsonArray made):
                for (var i = 0; i < Math.Max(old.Count, made.Count); i++)
                {
                    Step(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"),
                        i < old.Count, i < old.Count ? old[i] : null, i < made.Count, i < made.Count ? made[i] : null,
                        lines);
                }

                break;
            default:
                lines.Add($"~ {path}: {Show(before)} → {Show(after)}");
                break;
        }
    }

    private static void Step(
        string path, bool wasThere, JsonNode? before, bool isThere, JsonNode? after, List<string> lines)
    {
        if (!isThere)
        {
            lines.Add($"- {path}: {Show(before)}");
        }
        else if (!wasThere)
        {
            lines.Add($"+ {path}: {Show(after)}");
        }
        else
        {
            Compare(path, before, after, lines);
        }
    }

    private static string Show(JsonNode? value)
    {
        var text = value is null ? "null" : System.Text.Encoding.UTF8.GetString(DocumentTree.Write(value, 64).Span);
        return text.Length > ValueLengthMax ? $"{text[..ValueLengthMax]}…" : text;
    }
}
