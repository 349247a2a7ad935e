namespace Undercroft.Monitors;

/// <summary>How a plan has done, over its latest completed runs.</summary>
/// <param name="Runs">How many runs are counted.</param>
/// <param name="Successes">How many of them succeeded.</param>
/// <param name="SuccessRate">The share of those, 0 to 1; null where there is none.</param>
/// <param name="From">When the first of them ended; null where there is none.</param>
/// <param name="To">When the last of them ended; null where there is none.</param>
/// <param name="MinMs">The shortest duration.</param>
/// <param name="AverageMs">The average duration.</param>
/// <param name="P50Ms">Half of the runs took no longer.</param>
/// <param name="P90Ms">Nine of ten runs took no longer.</param>
/// <param name="P95Ms">95 of 100 runs took no longer.</param>
/// <param name="P99Ms">99 of 100 runs took no longer.</param>
/// <param name="MaxMs">The longest duration.</param>
public sealed record MonitorStatistics(
    int Runs,
    int Successes,
    double? SuccessRate,
    DateTimeOffset? From,
    DateTimeOffset? To,
    double? MinMs,
    double? AverageMs,
    double? P50Ms,
    double? P90Ms,
    double? P95Ms,
    double? P99Ms,
    double? MaxMs)
{
    internal static MonitorStatistics Of(IReadOnlyCollection<MonitorRun> runs)
    {
        if (runs.Count == 0)
        {
            return new(0, 0, null, null, null, null, null, null, null, null, null, null);
        }

        var durations = runs.Select(static run => run.DurationMs ?? 0).Order().ToArray();
        var successes = runs.Count(static run => run.Success == true);
        return new(
            runs.Count,
            successes,
            (double)successes / runs.Count,
            runs.Min(static run => run.CompletedAt),
            runs.Max(static run => run.CompletedAt),
            durations[0],
            Math.Round(durations.Average(), 3),
            Percentile(durations, 0.5),
            Percentile(durations, 0.9),
            Percentile(durations, 0.95),
            Percentile(durations, 0.99),
            durations[^1]);
    }

    // The nearest rank: a duration that there was.
    private static double Percentile(double[] sorted, double share) =>
        sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
