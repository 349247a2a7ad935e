namespace Undercroft.Stories;

/// <summary>The settings of a <see cref="StoryLibrary"/>. Read once, when it is made.</summary>
public sealed class StoryLibraryOptions
{
    /// <summary>The most stories the cache holds; 0 switches it off. The default is 100.</summary>
    public int CacheEntriesMax { get; set; } = 100;

    /// <summary>The most bytes the cached stories take, as far as their text tells. The default is 64 MiB.</summary>
    public long CacheBytesMax { get; set; } = 64L * 1024 * 1024;
}
