namespace Undercroft.Cli.Stores;

/// <summary>What a command wants with a store.</summary>
internal enum StoreUse
{
    /// <summary>It reads: the store must be there, and is opened so that another process may go on holding it.
    /// </summary>
    Read = 0,

    /// <summary>It changes what is there: a store that is not there is an error, not a new store.</summary>
    Change,

    /// <summary>It writes: a store that is not there is made.</summary>
    Write,
}
