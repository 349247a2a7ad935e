namespace Undercroft.Conformance.Model;

/// <summary>A follower of the feed, as the store sees it and as the model does.</summary>
internal sealed class ModelFollower
{
    public FeedCursor Cursor { get; private set; }

    /// <summary>The latest revision it has seen.</summary>
    public long SeenThrough { get; private set; }

    /// <summary>What had been forgotten when its walk began: it was never owed that.</summary>
    public long WalkHorizon { get; private set; }

    public bool HasExpired(ModelStore model) => Math.Max(SeenThrough, WalkHorizon) < model.Horizon();

    public void StartOver(ModelStore model) => (Cursor, SeenThrough, WalkHorizon) = (default, 0, model.Horizon());

    public void MoveTo(FeedCursor cursor, long through) => (Cursor, SeenThrough) = (cursor, through);
}
