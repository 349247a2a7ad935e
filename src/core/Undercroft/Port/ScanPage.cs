namespace Undercroft;

/// <summary>One page of a scan. A page is one snapshot; two pages are not one with each other: a record written
/// between them may be seen in both, in its old and its new place, or in neither.</summary>
/// <param name="Items">The records in order, each with the index key it was found under.</param>
/// <param name="Next">Where the next page begins; null means the range is at its end.</param>
public sealed record ScanPage(IReadOnlyList<ScanItem> Items, ScanPosition? Next);
