namespace Undercroft.Monitors;

/// <summary>One node comes before another.</summary>
/// <param name="From">The id of a node, or <see cref="Start"/>.</param>
/// <param name="To">The id of a node, or <see cref="End"/>.</param>
public sealed record PlanEdge(string From, string To)
{
    /// <summary>Where each run begins.</summary>
    public const string Start = "__START__";

    /// <summary>Where each run ends.</summary>
    public const string End = "__END__";
}
