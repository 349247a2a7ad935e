namespace Undercroft.Monitors;

/// <summary>How often a plan runs.</summary>
/// <param name="Every">How many units lie between two runs: 1 to 1,000.</param>
/// <param name="Unit">The unit.</param>
public sealed record PlanFrequency(int Every, PlanFrequencyUnit Unit)
{
    /// <summary>The time between two runs.</summary>
    public TimeSpan Interval => Unit switch
    {
        PlanFrequencyUnit.Second => TimeSpan.FromSeconds(Every),
        PlanFrequencyUnit.Minute => TimeSpan.FromMinutes(Every),
        PlanFrequencyUnit.Hour => TimeSpan.FromHours(Every),
        _ => TimeSpan.FromDays(Every),
    };
}
