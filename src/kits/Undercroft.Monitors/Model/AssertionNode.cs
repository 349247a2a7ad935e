namespace Undercroft.Monitors;

/// <summary>Says what must hold: <c>ASSERTION</c>. It fails where one of its assertions does.</summary>
/// <param name="Id">The id, unique in the plan.</param>
/// <param name="Assertions">What must hold.</param>
public sealed record AssertionNode(string Id, IReadOnlyList<PlanAssertion> Assertions) : PlanNode(Id)
{
    internal const string TypeName = "ASSERTION";

    internal override string Type => TypeName;
}
