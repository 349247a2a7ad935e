namespace Undercroft.Queries;

/// <summary>The settings of a <see cref="QueryEngine"/>.</summary>
public sealed record QueryOptions
{
    /// <summary>The documents of a page where a query names no limit. The default is 100.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>The most documents held at once to sort them where no index gives the order. The default is 100,000.
    /// </summary>
    public int SortItemsMax { get; init; } = 100_000;

    /// <summary>The most groups of an aggregation. The default is 10,000.</summary>
    public int GroupsMax { get; init; } = 10_000;

    /// <summary>The most documents joined to the documents of one page. The default is 10,000.</summary>
    public int JoinedItemsMax { get; init; } = 10_000;

    /// <summary>The instant that decides expiry; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Uncommitted writes that are seen in place of what the store holds: a record, or null for a deletion, by
    /// id; null means none. It must not change during a call.</summary>
    public IReadOnlyDictionary<string, StoreRecord?>? Overlay { get; init; }

    /// <summary>Hears of documents that are not JSON, where a filter or an order must look into them; they are passed
    /// over. Null ends there with the error.</summary>
    internal Action<string, StoreException>? Unreadable { get; init; }
}
