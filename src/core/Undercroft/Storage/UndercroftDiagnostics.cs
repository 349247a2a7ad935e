namespace Undercroft;

/// <summary>The names of metrics and traces. Once shipped, a name keeps its meaning.</summary>
public static class UndercroftDiagnostics
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string SourceName = "Undercroft";

    /// <summary>A histogram in seconds: the duration of one storage operation, with the tags
    /// <see cref="OperationTag"/>, <see cref="BackendTag"/> and, on failure only, <c>error.type</c>.</summary>
    public const string OperationDuration = "undercroft.storage.operation.duration";

    /// <summary>A counter in <c>{document}</c>: documents read, written and deleted.</summary>
    public const string Documents = "undercroft.storage.documents";

    /// <summary>A counter in <c>{conflict}</c>: commits refused.</summary>
    public const string Conflicts = "undercroft.storage.conflicts";

    /// <summary>A counter in <c>{retry}</c>: writes and transactions run again after a conflict.</summary>
    public const string Retries = "undercroft.storage.retries";

    /// <summary>The tag that names a <see cref="StorageOperation"/>, in lower case.</summary>
    public const string OperationTag = "undercroft.operation";

    /// <summary>The tag that names the backend.</summary>
    public const string BackendTag = "undercroft.backend";
}
