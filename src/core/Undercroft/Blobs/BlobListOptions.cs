namespace Undercroft.Blobs;

/// <summary>Which blobs to list.</summary>
public sealed record BlobListOptions
{
    internal static BlobListOptions Default { get; } = new();

    /// <summary>What names begin with; empty means anything.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The tags a blob must have, all of them; empty asks for none.</summary>
    public IReadOnlyCollection<string> Tags { get; init; } = [];

    /// <summary>The most blobs to list; null means all.</summary>
    public int? Limit { get; init; }
}
