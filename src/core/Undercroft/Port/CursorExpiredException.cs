namespace Undercroft;

/// <summary>The feed cannot go on from a cursor: the store was restored, moved to a new epoch, or has forgotten
/// tombstones after it. Scan everything, then follow from <see cref="FeedCursor.Beginning"/>.</summary>
public sealed class CursorExpiredException : StoreException
{
    /// <summary>Describes why a cursor has expired.</summary>
    /// <param name="reason">Why, as the middle of a sentence: <c>it belongs to another epoch</c>.</param>
    public CursorExpiredException(string reason)
        : base(
            StoreErrorKind.CursorExpired,
            $"The feed cannot go on from this cursor: {reason}. Scan again from FeedCursor.Beginning.")
    {
    }
}
