namespace Undercroft.Monitors;

/// <summary>One step of a plan: a <see cref="HttpRequestNode"/>, a <see cref="WaitNode"/> or an
/// <see cref="AssertionNode"/>.</summary>
/// <param name="Id">The id, unique in the plan.</param>
public abstract record PlanNode(string Id)
{
    /// <summary>The word for the kind in JSON.</summary>
    internal abstract string Type { get; }
}
