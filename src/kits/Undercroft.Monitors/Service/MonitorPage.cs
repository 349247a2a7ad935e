namespace Undercroft.Monitors;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">Where the next page begins; null where this is the last.</param>
public sealed record MonitorPage<T>(IReadOnlyList<T> Items, string? Next);
