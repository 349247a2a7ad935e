namespace Undercroft;

/// <summary>Asks for one page of a collection, in the byte order of its ids or of one of its indexes.</summary>
public sealed record ScanRequest
{
    /// <summary>The collection to scan.</summary>
    public required string Collection { get; init; }

    /// <summary>Which part, by id or by index key; the default is all of it, by id.</summary>
    public ScanRange Range { get; init; } = ScanRange.All;

    /// <summary>Whether to go from the last to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>The page begins after this place, in the direction of the scan; null begins at the end of the range
    /// where the scan starts. Take it from <see cref="ScanPage.Next"/>.</summary>
    public ScanPosition? After { get; init; }

    /// <summary>The most items to bring; the store may bring fewer, and then <see cref="ScanPage.Next"/> says
    /// where to go on. The default is 100.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>How much of each record to bring.</summary>
    public RecordDetail Detail { get; init; }

    /// <summary>The instant that decides expiry; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
