namespace Undercroft.Queries;

/// <summary>A record with those joined to it.</summary>
/// <param name="Left">The record on the left.</param>
/// <param name="Rights">The records on the right, by id; each once.</param>
public sealed record RawJoin(StoreRecord Left, IReadOnlyList<StoreRecord> Rights);
