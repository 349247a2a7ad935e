namespace Undercroft;

/// <summary>One page of the changes of a collection. It never ends inside a commit.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
/// <param name="Changes">The changes, in the order of <see cref="ChangePage.Changes"/>; empty where only the place has
/// moved.</param>
/// <param name="Next">Where to go on after a stop, once the changes are dealt with: nothing is lost, and none of them
/// comes again.</param>
public sealed record DocumentChangePage<T>(IReadOnlyList<DocumentChange<T>> Changes, FeedCursor Next)
{
    /// <summary>What the feed holds back behind this page, as <see cref="ChangePage.HeldBack"/>; null where it holds
    /// nothing back, or more is to be shown first.</summary>
    public FeedHold? HeldBack { get; init; }
}
