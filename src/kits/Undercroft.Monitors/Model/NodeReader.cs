using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Reads the nodes of a plan.</summary>
internal sealed class NodeReader(List<PlanProblem> problems)
{
    public List<PlanNode> Read(JsonShape plan)
    {
        var nodes = new List<PlanNode>();
        foreach (var item in plan.Items("nodes", PlanLimits.NodesMax, isRequired: true))
        {
            if (ReadNode(item) is { } node)
            {
                nodes.Add(node);
            }
        }

        if (nodes.Count == 0)
        {
            plan.Problem("nodes", "there is no node that can be read; expected at least one.");
        }

        return nodes;
    }

    private PlanNode? ReadNode(JsonShape shape)
    {
        var id = shape.Text("id", isRequired: true) ?? "";
        var type = shape.Find("type") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        switch (type)
        {
            case HttpRequestNode.TypeName:
                return ReadRequest(shape, id);
            case WaitNode.TypeName:
                shape.Only("id", "type", "duration_ms");
                var wait = shape.Whole("duration_ms", 0, (long)PlanLimits.WaitMax.TotalMilliseconds, isRequired: true);
                return new WaitNode(id, TimeSpan.FromMilliseconds(wait ?? 0));
            case AssertionNode.TypeName:
                return ReadAssertions(shape, id);
            default:
                shape.Problem(
                    "type",
                    $"found {(type is null ? "none" : Names.Show(type))}; expected one of "
                    + $"{string.Join(", ", PlanWords.Types)}.");
                return null;
        }
    }

    private HttpRequestNode ReadRequest(JsonShape shape, string id)
    {
        shape.Only(
            "id", "type", "method", "base", "path", "headers", "body", "response_format", "timeout_ms",
            "follow_redirects");
        var method = shape.Text("method") ?? "GET";
        if (!PlanWords.Methods.Contains(method))
        {
            shape.Problem(
                "method", $"found {Names.Show(method)}; expected one of {string.Join(", ", PlanWords.Methods)}.");
        }

        var start = ReadValue(shape, "base", isText: true);
        if (start is null)
        {
            shape.Problem("base", "is missing; expected the beginning of a URL, such as https://api.example.com.");
        }
        else if (start.Json.ValueKind == JsonValueKind.String
            && (!Uri.TryCreate(start.Json.GetString(), UriKind.Absolute, out var uri)
                || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
                || uri.UserInfo.Length > 0))
        {
            shape.Problem(
                "base",
                "is no URL a monitor asks; expected http:// or https:// and a host, without a name or password.");
        }

        var timeout = shape.Whole("timeout_ms", 1, (long)PlanLimits.TimeoutMax.TotalMilliseconds);
        return new HttpRequestNode(id)
        {
            Method = method,
            Base = start ?? PlanValue.Text(""),
            Path = ReadValue(shape, "path", isText: true) ?? PlanValue.Text(""),
            Headers = ReadHeaders(shape),
            Body = ReadValue(shape, "body", isText: false),
            ResponseFormat = shape.Word("response_format", PlanWords.Formats) ?? PlanResponseFormat.Json,
            Timeout = timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            FollowsRedirects = shape.Flag("follow_redirects", true),
        };
    }

    private Dictionary<string, PlanValue> ReadHeaders(JsonShape shape)
    {
        var headers = new Dictionary<string, PlanValue>(StringComparer.OrdinalIgnoreCase);
        if (shape.Object("headers") is not { } json)
        {
            return headers;
        }

        foreach (var member in json.Members(PlanLimits.HeadersMax))
        {
            if (member.Name.Length == 0 || !member.Name.All(IsToken))
            {
                json.Problem(member.Name, "is no name of a header; expected letters, digits and signs such as '-'.");
            }
            else if (ReadValue(json, member.Name, isText: true) is { } value && !headers.TryAdd(member.Name, value))
            {
                json.Problem(member.Name, "stands twice: the case of a header's name does not count.");
            }
        }

        return headers;
    }

    private AssertionNode ReadAssertions(JsonShape shape, string id)
    {
        shape.Only("id", "type", "assertions");
        var assertions = new List<PlanAssertion>();
        foreach (var item in shape.Items("assertions", PlanLimits.AssertionsMax, isRequired: true))
        {
            item.Only("nodeId", "subject", "path", "predicate");
            var nodeId = item.Text("nodeId", isRequired: true) ?? "";
            var subject = item.Word("subject", PlanWords.Subjects, isRequired: true);
            var (question, expected) = ReadPredicate(item);
            var (path, expression) = ReadPath(item);
            assertions.Add(new PlanAssertion(nodeId, subject ?? AssertionSubject.Status, question)
            {
                Path = path,
                PathExpression = expression,
                Expected = expected,
            });
        }

        return new AssertionNode(id, assertions);
    }

    private (AssertionOperator Operator, PlanValue? Expected) ReadPredicate(JsonShape shape)
    {
        if (shape.Find("predicate") is not { ValueKind: JsonValueKind.Object })
        {
            var unary = shape.Word("predicate", PlanWords.Operators, isRequired: true) ?? AssertionOperator.IsNull;
            if (!PlanWords.IsUnary(unary))
            {
                shape.Problem("predicate", """expected {"operator": …, "expected": …} for what compares.""");
            }

            return (unary, null);
        }

        var predicate = shape.Object("predicate")!.Value;
        predicate.Only("operator", "expected");
        var question = predicate.Word("operator", PlanWords.Operators, isRequired: true);
        var isUnary = question is { } known && PlanWords.IsUnary(known);

        // Null is a value to compare with.
        var expected = isUnary ? null
            : ReadValue(predicate, "expected", isText: false) ?? PlanValue.Parse("null");
        if (isUnary && predicate.Find("expected") is not null)
        {
            predicate.Problem("expected", "stands beside an operator that compares with nothing. Remove it.");
        }

        return (question ?? AssertionOperator.IsNull, expected);
    }

    private static (IReadOnlyList<string> Path, string? Expression) ReadPath(JsonShape shape)
    {
        switch (shape.Find("path"))
        {
            case null:
                return ([], null);
            case { ValueKind: JsonValueKind.String } text:
                return ([], text.GetString());
            case { ValueKind: JsonValueKind.Array } steps when steps.GetArrayLength() <= PlanLimits.PathStepsMax
                && steps.EnumerateArray().All(IsStep):
                return ([.. steps.EnumerateArray().Select(static step => step.ToString())], null);
            default:
                shape.Problem("path", $"expected a text, or an array of at most {PlanLimits.PathStepsMax} texts.");
                return ([], null);
        }

        static bool IsStep(JsonElement step) => step.ValueKind is JsonValueKind.String or JsonValueKind.Number;
    }

    private PlanValue? ReadValue(JsonShape shape, string name, bool isText)
    {
        if (shape.Find(name) is not { } json)
        {
            return null;
        }

        PlanValueCheck.Check(json, shape.Path.Length == 0 ? name : $"{shape.Path}.{name}", isText, problems);
        return new PlanValue(json);
    }

    private static bool IsToken(char sign) =>
        char.IsAsciiLetterOrDigit(sign) || "!#$%&'*+-.^_`|~".Contains(sign, StringComparison.Ordinal);
}
