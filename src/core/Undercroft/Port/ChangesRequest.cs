namespace Undercroft;

/// <summary>Asks for one page of the feed: the latest write of each key, in the order of commits.</summary>
public sealed record ChangesRequest
{
    /// <summary>The page begins after this place. The default is <see cref="FeedCursor.Beginning"/>.</summary>
    public FeedCursor After { get; init; }

    /// <summary>About how many changes to bring. A page never ends inside a commit, so it may hold more. The default
    /// is 100.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Only these collections; null means all.</summary>
    public IReadOnlyList<string>? Collections { get; init; }

    /// <summary>Leaves out what this origin wrote; null leaves out nothing.</summary>
    public string? ExceptOrigin { get; init; }

    /// <summary>Whether the page that ends the feed brings also what the store holds back, as it is at one instant,
    /// where that fits the page: then <see cref="ChangePage.HeldBack"/> is null, and behind the page there was nothing.
    /// <see cref="ChangePage.Next"/> stays before what is held back, and that comes again. It is for who reads a feed
    /// to its end; who follows it would be shown the same until it is held back no more.</summary>
    public bool ShowsHeldBack { get; init; }

    /// <summary>How much of each record to bring.</summary>
    public RecordDetail Detail { get; init; }

    /// <summary>The instant that decides expiry; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
