namespace Undercroft.Migrations;

/// <summary>A document before and after.</summary>
/// <param name="Id">The document.</param>
/// <param name="Version">The version it is at.</param>
/// <param name="Before">Its JSON as it is.</param>
/// <param name="After">Its JSON as it would be.</param>
/// <param name="Differences">What differs, a line each: <c>- path: value</c> goes, <c>+ path: value</c> comes, and
/// <c>~ path: value → value</c> changes. At most 20 lines.</param>
public sealed record MigrationSample(
    string Id, string Version, RawJson Before, RawJson After, IReadOnlyList<string> Differences);
