namespace Undercroft.Monitors;

/// <summary>What must hold of one part of a response.</summary>
/// <param name="NodeId">The request whose response is meant; it comes before the assertion in the graph.</param>
/// <param name="Subject">Which part of the response.</param>
/// <param name="Operator">What must hold.</param>
public sealed record PlanAssertion(string NodeId, AssertionSubject Subject, AssertionOperator Operator)
{
    /// <summary>Where in the part: for a JSON body names and positions, for an XML body one XPath expression, for
    /// headers the header's name. Empty means the whole.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>What it is compared with; null for the operators that compare with nothing.</summary>
    public PlanValue? Expected { get; init; }
}
