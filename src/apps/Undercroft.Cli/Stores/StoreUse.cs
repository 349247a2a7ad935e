namespace Undercroft.Cli.Stores;

/// <summary>What a command wants with a store.</summary>
internal enum StoreUse
{
    /// <summary>It reads: a store that is not there is an error, not a new store.</summary>
    Read = 0,

    /// <summary>It writes: a store that is not there is made.</summary>
    Write,
}
