using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Checks the values of a plan: what stands for something else is well formed.</summary>
internal static class PlanValueCheck
{
    public static void Check(JsonElement json, string path, bool isText, List<PlanProblem> problems)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when Marker(json) is { } marker:
                CheckMarker(json, marker, path, isText, problems);
                break;
            case JsonValueKind.String:
                if (json.GetString()!.Length > PlanLimits.TextMax && isText)
                {
                    problems.Add(new PlanProblem(path, $"has more than {PlanLimits.TextMax} characters."));
                }

                break;
            case var _ when isText:
                problems.Add(new PlanProblem(
                    path,
                    $"found {JsonShape.KindOf(json)}; expected a text, or an object with "
                    + "$variable, $secret or $literal."));
                break;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    Check(member.Value, $"{path}.{member.Name}", isText: false, problems);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var element in json.EnumerateArray())
                {
                    Check(element, $"{path}[{index++}]", isText: false, problems);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The name that makes an object stand for something else; null where it is what it is.</summary>
    public static string? Marker(JsonElement json)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name is PlanValue.LiteralName or PlanValue.VariableName or PlanValue.SecretName)
            {
                return member.Name;
            }
        }

        return null;
    }

    private static void CheckMarker(
        JsonElement json, string marker, string path, bool isText, List<PlanProblem> problems)
    {
        var inner = json.GetProperty(marker);
        if (json.GetPropertyCount() != 1)
        {
            problems.Add(new PlanProblem(path, $"has members beside {marker}; expected it alone."));
        }

        if (marker == PlanValue.LiteralName)
        {
            if (isText && inner.ValueKind != JsonValueKind.String)
            {
                problems.Add(new PlanProblem(
                    $"{path}.{marker}", $"found {JsonShape.KindOf(inner)}; expected a text."));
            }

            return;
        }

        var shape = new JsonShape(inner, $"{path}.{marker}", problems);
        if (marker == PlanValue.VariableName)
        {
            shape.Only("key", "template");
            _ = shape.Text("key", isRequired: true);
            _ = shape.Text("template", max: PlanLimits.TextMax);
            return;
        }

        shape.Only("provider", "ref", "version", "field");
        _ = shape.Text("provider", isRequired: true);
        _ = shape.Text("ref", isRequired: true, max: 1000);
        _ = shape.Text("version");
        _ = shape.Text("field");
    }
}
