using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Judges the assertions of a node.</summary>
internal sealed class AssertionStep(AssertionNode node, ValueResolver values, RunRecorder recorder)
{
    private const int ShownMax = 200;

    public async Task RunAsync(
        IReadOnlyDictionary<string, HttpExchange> exchanges, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var assertion in node.Assertions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = await JudgeAsync(assertion, exchanges[assertion.NodeId], cancellationToken)
                .ConfigureAwait(false);
            recorder.Add(
                RunEventType.AssertionResult,
                node.Id,
                success: failure is null,
                message: failure ?? $"{PlaceOf(assertion)} {WordOf(assertion)}");
            if (failure is not null)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new NodeFailure(string.Join("; ", failures));
        }
    }

    private async ValueTask<string?> JudgeAsync(
        PlanAssertion assertion, HttpExchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            var expected = assertion.Expected is null
                ? (JsonElement?)null
                : await values.ResolveAsync(assertion.Expected, cancellationToken).ConfigureAwait(false);
            var found = Find(assertion, exchange);
            return AssertionJudge.Holds(assertion.Operator, found, expected)
                ? null
                : $"{PlaceOf(assertion)}: expected {WordOf(assertion)}{Show(" ", expected)}, found "
                    + $"{(found is null ? "nothing" : Show("", found))}";
        }
        catch (NodeFailure failure)
        {
            return $"{PlaceOf(assertion)}: {failure.Message}";
        }
    }

    private static JsonElement? Find(PlanAssertion assertion, HttpExchange exchange) => assertion.Subject switch
    {
        AssertionSubject.Status => JsonValues.Of(exchange.Status),
        AssertionSubject.Latency => JsonValues.Of(exchange.LatencyMs),
        AssertionSubject.Headers =>
            exchange.Headers.TryGetValue(AssertionPath.HeaderOf(assertion), out var text) ? JsonValues.Of(text) : null,
        _ => BodyReader.Read(exchange, assertion),
    };

    private static string WordOf(PlanAssertion assertion) => PlanWords.Of(PlanWords.Operators, assertion.Operator);

    private static string PlaceOf(PlanAssertion assertion)
    {
        var subject = PlanWords.Of(PlanWords.Subjects, assertion.Subject);
        var path = assertion.PathExpression ?? string.Join('.', assertion.Path);
        return $"{assertion.NodeId} {subject}{(path.Length == 0 ? "" : $" {path}")}";
    }

    private string Show(string prefix, JsonElement? value)
    {
        if (value is null)
        {
            return "";
        }

        var text = recorder.Clean(value.Value.GetRawText());
        return prefix + (text.Length <= ShownMax ? text : text[..ShownMax] + "…");
    }
}
