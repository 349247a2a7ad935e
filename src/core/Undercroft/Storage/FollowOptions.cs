namespace Undercroft;

/// <summary>What a follower of the feed wants.</summary>
public sealed record FollowOptions
{
    /// <summary>Everything, for ever.</summary>
    public static FollowOptions Default { get; } = new();

    /// <summary>Only these collections; null means all, Undercroft's own included.</summary>
    public IReadOnlyList<string>? Collections { get; init; }

    /// <summary>Leaves out what this origin wrote; null leaves out nothing.</summary>
    public string? ExceptOrigin { get; init; }

    /// <summary>How much of each record to bring.</summary>
    public RecordDetail Detail { get; init; }

    /// <summary>About how many changes a page holds. The default is 100.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>How often a page without changes is given where the feed goes on and nothing of it is wanted: its
    /// <see cref="ChangePage.Next"/> is a place to keep, for the last one kept grows old and expires with
    /// <see cref="MaintenanceKind.Compact"/>, however lively the follower. The first comes at once where the walk
    /// begins at <see cref="FeedCursor.End"/>, and one where it ends. At most 49 days; the default is
    /// <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    /// <remarks>Who keeps the place in the store it follows moves the feed by that: once in each interval.</remarks>
    public TimeSpan ProgressInterval { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether pages without changes are given, too, for as long as the feed ends and holds commits back
    /// (<see cref="ChangePage.HeldBack"/>), and one when it no longer does. The default is that they are not.</summary>
    public bool TellsHeldBack { get; init; }

    /// <summary>Whether to wait for more at the end, or to stop there. Commits that the feed holds back then are not
    /// waited for: they come behind the place where the walk ends. The default is to wait.</summary>
    public bool Waits { get; init; } = true;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PageSize);
        if (ProgressInterval != Timeout.InfiniteTimeSpan &&
            (ProgressInterval < TimeSpan.Zero || ProgressInterval > TimeSpan.FromDays(49)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(ProgressInterval), ProgressInterval,
                $"{nameof(ProgressInterval)} must be from zero to 49 days, or Timeout.InfiniteTimeSpan for never; " +
                $"found {ProgressInterval}.");
        }
    }
}
