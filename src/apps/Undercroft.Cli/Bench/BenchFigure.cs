namespace Undercroft.Cli.Bench;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">What was counted.</param>
/// <param name="Count">How many there were.</param>
/// <param name="PerSecond">How many of them in a second.</param>
/// <param name="MedianMicroseconds">Half of the calls took at most this long.</param>
/// <param name="P99Microseconds">All but one call in a hundred took at most this long.</param>
internal sealed record BenchFigure(
    string Name, string Unit, long Count, double PerSecond, double MedianMicroseconds, double P99Microseconds);
