namespace Undercroft.Monitors;

/// <summary>The units of a <see cref="PlanFrequency"/>.</summary>
public enum PlanFrequencyUnit
{
    /// <summary><c>MINUTE</c>.</summary>
    Minute = 0,

    /// <summary><c>HOUR</c>.</summary>
    Hour,

    /// <summary><c>DAY</c>: 24 hours.</summary>
    Day,

    /// <summary><c>SECOND</c>.</summary>
    Second,
}
