namespace Undercroft.Postgres.Schema;

/// <summary>One step from a version of the schema to the next.</summary>
/// <param name="Version">The version after it.</param>
/// <param name="WorksWith">The oldest version of this code that can still use the schema after it.</param>
/// <param name="Script">The statements; <c>{s}</c> stands for the schema.</param>
internal sealed record Migration(int Version, int WorksWith, string Script);
