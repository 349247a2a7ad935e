namespace Undercroft.Stories;

/// <summary>Which stories to list, and how. The default is all, by title.</summary>
public sealed record StoryFilter
{
    /// <summary>Only stories with at least one of these tags of the library; null asks for none.</summary>
    public IReadOnlyCollection<string>? AnyTag { get; init; }

    /// <summary>Only stories with all of these tags; null asks for none.</summary>
    public IReadOnlyCollection<string>? AllTags { get; init; }

    /// <summary>Only stories whose title begins so, whatever its case; of a long text only the first 100 characters
    /// count. Null means any title.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Only stories of this story format, such as <c>Harlowe</c>; null means any.</summary>
    public string? Format { get; init; }

    /// <summary>The order; stories that are equal in it come by their ids.</summary>
    public StoryOrder Order { get; init; }

    /// <summary>Whether the order is turned round, ids included.</summary>
    public bool IsDescending { get; init; }

    /// <summary>How many stories to pass over, after filter and order. Each is read: to go through many, take pages.
    /// </summary>
    public int Offset { get; init; }

    /// <summary>How many stories to give at most; null means all in a list, and 100 on a page.</summary>
    public int? Limit { get; init; }
}
