namespace Undercroft;

/// <summary>Settings for <see cref="MemoryStore"/>. Read once, when the store is made.</summary>
public sealed class MemoryStoreOptions
{
    /// <summary>The limits of the store.</summary>
    public StoreLimits Limits { get; set; } = new();

    /// <summary>How many client instances' results are kept for retries; the longest unused go first. The default is
    /// 10,000.</summary>
    public int ReplayLanesMax { get; set; } = 10_000;
}
