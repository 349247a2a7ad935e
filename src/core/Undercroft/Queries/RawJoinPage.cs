namespace Undercroft.Queries;

/// <summary>One page of a join. It is as long as it has records on the left, so that no page cuts one apart.</summary>
/// <param name="Items">The records on the left in the order of their query, each with its own.</param>
/// <param name="Next">The cursor to go on with; null means there is nothing behind.</param>
public sealed record RawJoinPage(IReadOnlyList<RawJoin> Items, string? Next);
