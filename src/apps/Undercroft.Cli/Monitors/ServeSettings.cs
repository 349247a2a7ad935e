namespace Undercroft.Cli.Monitors;

/// <summary>What <c>serve</c> was asked for.</summary>
internal sealed record ServeSettings(
    IReadOnlyList<string> Urls,
    string Location,
    int Concurrency,
    bool HasWorker,
    bool RequiresKeys,
    ExecutionOptions Execution);
