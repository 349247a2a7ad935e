namespace Undercroft.Queries;

/// <summary>One page of a query's records.</summary>
/// <param name="Items">The records, in order. A page may be short, even empty, and yet have a next one.</param>
/// <param name="Next">The cursor to give as <see cref="QuerySpec.After"/>; null means there is nothing behind.</param>
/// <param name="Examined">How many records or keys were looked at.</param>
public sealed record RawPage(IReadOnlyList<StoreRecord> Items, string? Next, long Examined);
