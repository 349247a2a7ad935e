namespace Undercroft;

/// <summary>One page of the feed.</summary>
/// <param name="Changes">Records and tombstones in the order of commits, then by key; the order is that of revisions
/// where commits come one after the other. A key that was written several times
/// appears once, at its latest; an expired record does not appear until it is swept, and then as a tombstone.</param>
/// <param name="Next">The place after this page; use it even where the page is empty.</param>
/// <param name="HasMore">Whether there was more to be shown at the time of the call. Where there was not, the feed ends
/// here: with all that was committed, unless <see cref="HeldBack"/> says otherwise.</param>
public sealed record ChangePage(IReadOnlyList<StoreRecord> Changes, FeedCursor Next, bool HasMore)
{
    /// <summary>Tells, at the end of the feed, that there were commits which no page could show yet: they come behind
    /// <see cref="Next"/>, later. A record that one of them wrote is missing here as it was before, too. They may be of
    /// any collection and of any origin. Null means that everything committed by then has been shown; it is null, too,
    /// where <see cref="HasMore"/> is set. Most stores hold nothing back, ever.</summary>
    public FeedHold? HeldBack { get; init; }
}
