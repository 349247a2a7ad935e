namespace Undercroft.Queries;

/// <summary>One page of a join; its length counts documents on the left, so that no page cuts one apart.</summary>
/// <typeparam name="T">The type on the left.</typeparam>
/// <typeparam name="TRight">The type on the right.</typeparam>
/// <param name="Items">The documents on the left, in order, each with its own.</param>
/// <param name="Next">The cursor to give to <see cref="Query{T}.After"/> of the query on the left; null means there is
/// nothing behind.</param>
public sealed record JoinedPage<T, TRight>(IReadOnlyList<Joined<T, TRight>> Items, string? Next);
