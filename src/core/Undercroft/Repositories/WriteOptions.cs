namespace Undercroft;

/// <summary>What a write does beside the value: a creation, update, upsert or patch. What is null stays as it was, the
/// expiry too: a document that was to live for an hour is not kept for longer by being written again.</summary>
public sealed record WriteOptions
{
    /// <summary>The tags to have from now on; empty removes all; null keeps those there are.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>How long the document lives from the write on; <see cref="Timeout.InfiniteTimeSpan"/> means for ever,
    /// and takes away an expiry there is; null keeps it. It must be positive, and end before the year 10000.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Who writes; null means the storage's own origin.</summary>
    public string? Origin { get; init; }

    /// <summary>How durable the write is when it is acknowledged; null means the storage's default.</summary>
    public Durability? Durability { get; init; }
}
