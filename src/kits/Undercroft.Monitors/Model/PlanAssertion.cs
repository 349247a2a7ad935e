namespace Undercroft.Monitors;

/// <summary>What must hold of one part of a response.</summary>
/// <param name="NodeId">The request whose response is meant; it comes before the assertion in the graph.</param>
/// <param name="Subject">Which part of the response.</param>
/// <param name="Operator">What must hold.</param>
public sealed record PlanAssertion(string NodeId, AssertionSubject Subject, AssertionOperator Operator)
{
    /// <summary>Where in the part, step by step: for a JSON body names and positions, for an XML body the names of
    /// nested elements, for headers the header's name. Each is a name, whatever it begins with. Empty means the whole.
    /// </summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Where in the part, as one text: for a JSON body a path such as <c>$.items[0].name</c>, for an XML body
    /// an XPath 1.0 expression, for headers the header's name. It comes before <see cref="Path"/>; null means that
    /// <see cref="Path"/> says it.</summary>
    public string? PathExpression { get; init; }

    /// <summary>What it is compared with; null for the operators that compare with nothing.</summary>
    public PlanValue? Expected { get; init; }
}
