namespace Undercroft.Migrations;

/// <summary>A version documents are at.</summary>
/// <param name="Version">The version.</param>
/// <param name="Documents">How many are at it.</param>
/// <param name="Path">The way to the target, such as <c>0.9 → 1.0 → 2.0</c>; null where there is none.</param>
/// <param name="Problem">Why there is no way, a sentence; null where there is one.</param>
public sealed record MigrationPlanVersion(string Version, long Documents, string? Path, string? Problem);
