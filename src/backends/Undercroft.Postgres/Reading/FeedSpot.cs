namespace Undercroft.Postgres.Reading;

/// <summary>A place in the feed: of one commit, in the order of transactions.</summary>
/// <param name="Xid">The transaction.</param>
/// <param name="Revision">The commit's revision.</param>
internal readonly record struct FeedSpot(ulong Xid, long Revision) : IComparable<FeedSpot>
{
    public int CompareTo(FeedSpot other)
    {
        var order = Xid.CompareTo(other.Xid);
        return order != 0 ? order : Revision.CompareTo(other.Revision);
    }

    public static bool operator <(FeedSpot left, FeedSpot right) => left.CompareTo(right) < 0;

    public static bool operator >(FeedSpot left, FeedSpot right) => left.CompareTo(right) > 0;
}
