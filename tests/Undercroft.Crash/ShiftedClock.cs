namespace Undercroft.Crash;

/// <summary>The system's clock, some time ahead: a lease of a killed process is over for the next one.</summary>
/// <param name="ahead">How far ahead it is.</param>
public sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
