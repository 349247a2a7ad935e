namespace Undercroft.Queries;

/// <summary>One page of a query's documents.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
/// <param name="Items">The documents, in order. A page may be short, even empty, and yet have a next one.</param>
/// <param name="Next">The cursor to give to <see cref="Query{T}.After"/>; null means there is nothing behind.</param>
public sealed record Page<T>(IReadOnlyList<Document<T>> Items, string? Next);
