namespace Undercroft.Cli.Bench;

/// <summary>What a measurement does.</summary>
/// <param name="Each">How long each figure is measured.</param>
/// <param name="DocumentBytes">The size of a document.</param>
/// <param name="Documents">How many documents there are to read and query.</param>
internal sealed record BenchPlan(TimeSpan Each, int DocumentBytes, int Documents);
