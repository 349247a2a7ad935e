namespace Undercroft.Cli.Commands;

/// <summary>A plan in a list, as JSON.</summary>
internal sealed record PlanSummaryView(
    string Id, string Name, string Environment, string Schedule, bool Enabled, long Revision);

/// <summary>A plan that was kept, as JSON.</summary>
internal sealed record PlanImportedView(string File, string Id, string Name, long Revision, bool IsNew);

/// <summary>A plan or key that was deleted, as JSON.</summary>
internal sealed record MonitorDeletedView(string Id, bool Deleted);

/// <summary>How many runs were forgotten, as JSON.</summary>
internal sealed record RunsPrunedView(int Pruned);

/// <summary>A key, as JSON; its text is there only when it was just made.</summary>
internal sealed record ApiKeyView(string Id, string Name, string Scope, DateTimeOffset CreatedAt, string? Key = null);

/// <summary>A service that has begun, as JSON.</summary>
internal sealed record ServingView(IReadOnlyList<string> Urls, string Store, string? Location);

/// <summary>An agent that has begun, as JSON.</summary>
internal sealed record AgentView(string Name, string Location, string Store);
