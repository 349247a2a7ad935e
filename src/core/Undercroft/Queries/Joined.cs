namespace Undercroft.Queries;

/// <summary>A document with those joined to it.</summary>
/// <typeparam name="T">The type on the left.</typeparam>
/// <typeparam name="TRight">The type on the right.</typeparam>
/// <param name="Left">The document on the left.</param>
/// <param name="Rights">The documents on the right, by id; each once.</param>
public sealed record Joined<T, TRight>(Document<T> Left, IReadOnlyList<Document<TRight>> Rights);
