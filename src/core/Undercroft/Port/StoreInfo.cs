namespace Undercroft;

/// <summary>What a store is and can do, after all layers.</summary>
public sealed record StoreInfo
{
    /// <summary>The backend's name, as in its URI: <c>memory</c>, <c>file</c>, <c>sqlite</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Where it is kept, without secrets; null where that has no meaning.</summary>
    public string? Location { get; init; }

    /// <summary>The history the store's revisions and cursors belong to. A new one means: rescan.</summary>
    public required Guid Epoch { get; init; }

    /// <summary>What it can do beyond the laws. The conformance kit checks each flag in both directions.</summary>
    public required StoreCapabilities Capabilities { get; init; }

    /// <summary>What it refuses, before any I/O.</summary>
    public StoreLimits Limits { get; init; } = new();

    /// <summary>The levels it can promise, weakest first.</summary>
    public required IReadOnlyList<Durability> DurabilityLevels { get; init; }

    /// <summary>The level of a commit that names none: the strongest there is, unless the options say otherwise.
    /// </summary>
    public required Durability DefaultDurability { get; init; }
}
