namespace Undercroft.Stories;

/// <summary>The names of a library's metrics, on the meter <see cref="UndercroftDiagnostics.SourceName"/>. Once
/// shipped, a name keeps its meaning.</summary>
public static class StoryDiagnostics
{
    /// <summary>A histogram in seconds: the duration of one operation that was not answered by the cache, with the tags
    /// <see cref="UndercroftDiagnostics.OperationTag"/> (<c>save</c>, <c>import</c>, <c>load</c>, <c>delete</c>,
    /// <c>update-metadata</c> or <c>clear</c>), <see cref="UndercroftDiagnostics.BackendTag"/> and, on failure only,
    /// <c>error.type</c>.</summary>
    public const string OperationDuration = "undercroft.stories.operation.duration";

    /// <summary>A counter in <c>{story}</c>: stories saved, loaded from the store and deleted, with the tags of
    /// <see cref="OperationDuration"/>.</summary>
    public const string Stories = "undercroft.stories.stories";

    /// <summary>A counter in <c>{load}</c>: loads of one story that the cache answered, with the tag
    /// <see cref="UndercroftDiagnostics.BackendTag"/>.</summary>
    public const string CacheHits = "undercroft.stories.cache.hits";

    /// <summary>A counter in <c>{load}</c>: loads of one story that went to the store, with the tag
    /// <see cref="UndercroftDiagnostics.BackendTag"/>.</summary>
    public const string CacheMisses = "undercroft.stories.cache.misses";
}
