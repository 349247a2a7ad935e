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

    /// <summary>Whether to wait for more at the end, or to stop there. The default is to wait.</summary>
    public bool Waits { get; init; } = true;
}
