namespace Undercroft;

/// <summary>One page of the feed.</summary>
/// <param name="Changes">Records and tombstones in the order of commits, then by key; the order is that of revisions
/// where commits come one after the other. A key that was written several times
/// appears once, at its latest; an expired record does not appear until it is swept, and then as a tombstone.</param>
/// <param name="Next">The place after this page; use it even where the page is empty.</param>
/// <param name="HasMore">Whether there was more at the time of the call.</param>
public sealed record ChangePage(IReadOnlyList<StoreRecord> Changes, FeedCursor Next, bool HasMore);
