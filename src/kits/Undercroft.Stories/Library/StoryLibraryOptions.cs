namespace Undercroft.Stories;

/// <summary>The settings of a <see cref="StoryLibrary"/>. Read once, when it is made.</summary>
public sealed class StoryLibraryOptions
{
    /// <summary>The most stories the cache holds; 0 switches it off. The default is 100.</summary>
    public int CacheEntriesMax { get; set; } = 100;

    /// <summary>The most bytes the cached stories take, as far as their text tells; a larger story is not cached. The
    /// default is 64 MiB.</summary>
    public long CacheBytesMax { get; set; } = 64L * 1024 * 1024;

    /// <summary>The most stories that one preload reads. The default is 50.</summary>
    public int PreloadMax { get; set; } = 50;

    /// <summary>Where the time between two attempts to follow the feed, and that in which it stands still, comes from.
    /// The default is the system.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">One does, and is named.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentOutOfRangeException.ThrowIfNegative(CacheEntriesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(CacheBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PreloadMax);
    }
}
