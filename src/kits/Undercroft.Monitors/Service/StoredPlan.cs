namespace Undercroft.Monitors;

/// <summary>A plan that is kept, with what a caller needs to change it safely.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Revision">The revision it stands at.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record StoredPlan(
    MonitorPlan Plan, Revision Revision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static StoredPlan Of(Document<MonitorPlan> document) =>
        new(document.Value, document.Revision, document.CreatedAt, document.UpdatedAt);
}
