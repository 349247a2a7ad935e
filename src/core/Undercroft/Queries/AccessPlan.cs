namespace Undercroft.Queries;

/// <summary>One way to answer a query: one source, or several whose results are united; perhaps to be sorted.</summary>
internal sealed record AccessPlan
{
    /// <summary>The sources, one after the other.</summary>
    public required IReadOnlyList<ScanSource> Sources { get; init; }

    /// <summary>For each source but the first, what records must not meet, because an earlier source found
    /// them.</summary>
    public IReadOnlyList<Filter> Earlier { get; init; } = [];

    /// <summary>Whether records come in the order wanted; else they are sorted.</summary>
    public required bool IsOrdered { get; init; }

    /// <summary>How good it is; more is better.</summary>
    public required int Score { get; init; }

    /// <summary>What names the way, so that a cursor finds it again. A sort is the same whatever finds the records.
    /// </summary>
    public string Signature => IsOrdered ? string.Join('|', Sources.Select(static source => source.Signature)) : "sort";
}
