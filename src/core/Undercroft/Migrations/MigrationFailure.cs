namespace Undercroft.Migrations;

/// <summary>A document that was left as it was, and why.</summary>
/// <param name="Id">The document.</param>
/// <param name="Reason">The reason, a sentence.</param>
public sealed record MigrationFailure(string Id, string Reason);
