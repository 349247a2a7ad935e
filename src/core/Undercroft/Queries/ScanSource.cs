using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>How a source finds records.</summary>
internal enum SourceKind
{
    /// <summary>Reads records by their ids.</summary>
    Ids = 0,

    /// <summary>Scans ids.</summary>
    IdRange,

    /// <summary>Scans keys of an index.</summary>
    Index,
}

/// <summary>One stretch of keys, with the length of what all of them begin with where stretches are merged.</summary>
internal readonly record struct KeyRange(byte[] From, byte[]? Before, int PrefixLength);

/// <summary>One way to find records: some stretches of ids or of one index, and what is still to be judged on them.
/// </summary>
internal sealed record ScanSource
{
    public required SourceKind Kind { get; init; }

    /// <summary>The definition scanned; null for ids, and for tags, which have none.</summary>
    public IndexDefinition? Index { get; init; }

    /// <summary>The index's name in the store; null for ids.</summary>
    public string? IndexName { get; init; }

    /// <summary>The stretches of an index, sorted and disjoint.</summary>
    public IReadOnlyList<KeyRange> Ranges { get; init; } = [];

    /// <summary>The ids to read, in order.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>The range of ids to scan.</summary>
    public ScanRange IdRange { get; init; } = ScanRange.All;

    /// <summary>Whether the order is that of the keys behind their prefixes, the stretches side by side.</summary>
    public bool IsMerged { get; init; }

    public bool IsReverse { get; init; }

    /// <summary>Whether a record may be found more than once.</summary>
    public bool CanRepeat { get; init; }

    /// <summary>What the stretches come from, for people.</summary>
    public Filter Bounds { get; init; } = Filter.All;

    /// <summary>What is still to be judged on each record.</summary>
    public Filter Residual { get; init; } = Filter.All;

    /// <summary>What names the way, so that a cursor finds it again.</summary>
    public string Signature =>
        $"{Kind} {IndexName} {(IsReverse ? "backward" : "forward")} {(IsMerged ? "merged" : "")}";
}
