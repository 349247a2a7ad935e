namespace Undercroft;

/// <summary>What a storage is asked to do, for statistics and metrics.</summary>
public enum StorageOperation
{
    /// <summary>A read by key.</summary>
    Read = 0,

    /// <summary>A create, update, upsert or patch.</summary>
    Write,

    /// <summary>A deletion.</summary>
    Delete,

    /// <summary>A page, count or aggregate of a query.</summary>
    Query,

    /// <summary>A transaction with all its attempts.</summary>
    Transaction,
}
