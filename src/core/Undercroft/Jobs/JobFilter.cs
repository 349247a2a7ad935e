namespace Undercroft.Jobs;

/// <summary>Which jobs to list.</summary>
public sealed record JobFilter
{
    /// <summary>The state to list.</summary>
    public required JobState State { get; init; }

    /// <summary>Only this queue; null means all.</summary>
    public string? Queue { get; init; }

    /// <summary>Only this kind; null means all.</summary>
    public string? Kind { get; init; }

    /// <summary>Only this batch; null means all.</summary>
    public string? Batch { get; init; }

    /// <summary>Whether the last enqueued come first.</summary>
    public bool IsReverse { get; init; }

    /// <summary>Where to go on: <see cref="JobPage.Next"/> of the page before; null begins.</summary>
    public string? After { get; init; }

    /// <summary>The most jobs to bring; 1 to 1,000. The default is 100.</summary>
    public int Limit { get; init; } = 100;
}
