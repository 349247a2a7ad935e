namespace Undercroft.Migrations;

/// <summary>Which versions the documents of a collection are at, and how each would be brought to another one.
/// </summary>
/// <param name="Collection">The collection.</param>
/// <param name="Target">The version they would be brought to.</param>
/// <param name="Schema">The version the collection was raised to; null where it has none.</param>
/// <param name="Versions">The versions found, each with its way.</param>
public sealed record MigrationPlan(
    string Collection, string Target, string? Schema, IReadOnlyList<MigrationPlanVersion> Versions)
{
    /// <summary>How many documents there are.</summary>
    public long Documents => Versions.Sum(static version => version.Documents);

    /// <summary>How many are at another version than the target.</summary>
    public long Pending =>
        Versions.Where(version => version.Version != Target).Sum(static version => version.Documents);

    /// <summary>Whether there is a way for each version found.</summary>
    public bool IsComplete => Versions.All(static version => version.Problem is null);
}
