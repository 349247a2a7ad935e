namespace Undercroft;

/// <summary>What a maintenance run did and found.</summary>
public sealed record MaintenanceReport
{
    /// <summary>How many records were looked at.</summary>
    public long Examined { get; init; }

    /// <summary>How many were changed or removed.</summary>
    public long Changed { get; init; }

    /// <summary>What does not fit together, a sentence each; empty means the store is sound.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What a sound store holds that somebody should look at, a sentence each: a document that was edited by
    /// hand and is no JSON any more.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>For <see cref="MaintenanceKind.Measure"/>: each collection, by name.</summary>
    public IReadOnlyList<CollectionSize> Collections { get; init; } = [];

    /// <summary>The bytes the store takes where it is kept; 0 where that is not known.</summary>
    public long StoredBytes { get; init; }
}
