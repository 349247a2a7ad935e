namespace Undercroft.Conformance;

/// <summary>What every page of a feed owes, whoever reads it.</summary>
internal static class FeedCheck
{
    /// <summary>Holds a page to the order of commits, to one change for each key, and to never splitting a commit.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="after">The last revision of the page before it.</param>
    /// <param name="isByRevision">Whether commits come in the order of their revisions. Where they come in another, a
    /// commit is still in one piece, and its keys in order.</param>
    public static void Page(ChangePage page, Revision after, bool isByRevision = true)
    {
        var ended = new HashSet<Revision>();
        var keys = new HashSet<RecordKey>();
        var last = (Revision: after, Key: default(RecordKey));
        foreach (var change in page.Changes)
        {
            Assert.True(keys.Add(change.Key), $"{change.Key} comes twice on one page.");
            Assert.True(
                !isByRevision || change.Revision.CompareTo(after) > 0,
                $"{change.Key} at {change.Revision} comes after a page that ended with {after}: a commit was split.");
            var order = change.Revision.CompareTo(last.Revision);
            Assert.True(
                (isByRevision ? order > 0 : order != 0 && ended.Add(change.Revision)) ||
                (order == 0 && change.Key.CompareTo(last.Key) > 0),
                $"{change.Key} at {change.Revision} comes after {last.Key} at {last.Revision}: out of order.");
            last = (change.Revision, change.Key);
        }

        Assert.False(
            page.HasMore && page.HeldBack is not null, "What is held back is told of at the end; here more follows.");
        Assert.True(
            page.HeldBack is null or { Reason.Length: > 0 }, "The feed holds commits back, and does not say why.");
        Assert.True(page.Next != FeedCursor.End, "Next must name a place of its own: 'end' moves.");
        Assert.True(
            page.Next != FeedCursor.Beginning || page.Changes.Count == 0, "Next must name the place after the page.");
    }
}
