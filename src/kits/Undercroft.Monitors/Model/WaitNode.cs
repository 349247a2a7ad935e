namespace Undercroft.Monitors;

/// <summary>Waits: <c>WAIT</c>.</summary>
/// <param name="Id">The id, unique in the plan.</param>
/// <param name="Duration">How long: up to ten minutes.</param>
public sealed record WaitNode(string Id, TimeSpan Duration) : PlanNode(Id)
{
    internal const string TypeName = "WAIT";

    internal override string Type => TypeName;
}
