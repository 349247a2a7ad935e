namespace Undercroft.Monitors;

/// <summary>One thing that is wrong with a plan.</summary>
/// <param name="Path">Where, such as <c>nodes[2].method</c>; empty means the whole plan.</param>
/// <param name="Message">What was found and expected.</param>
public sealed record PlanProblem(string Path, string Message)
{
    /// <summary>Both as one text.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
