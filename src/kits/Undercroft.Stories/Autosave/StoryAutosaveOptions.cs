namespace Undercroft.Stories;

/// <summary>The settings of <see cref="StoryAutosave"/>. Read once, when it is made.</summary>
public sealed class StoryAutosaveOptions
{
    /// <summary>How long an edit stays unsaved at most while others follow it. The default is 30 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long there must be quiet after an edit before it is saved. The default is 2 seconds; zero saves
    /// every edit at once.</summary>
    public TimeSpan Debounce { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a save is tried at most before it counts as failed. The default is 5.</summary>
    public int AttemptsMax { get; set; } = 5;

    /// <summary>How long to wait after the first failure; each further one doubles it, and chance takes away up to half
    /// of it. The default is 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait at most between two attempts. The default is 1 minute.</summary>
    public TimeSpan RetryDelayMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the last save of all stories may take when the autosave is disposed. The default is 10
    /// seconds. </summary>
    public TimeSpan ExitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many stories may be open at once. The default is 1,000.</summary>
    public int StoriesMax { get; set; } = 1000;

    /// <summary>Where a backup is taken before a story is overwritten, as often as its own settings say; null takes
    /// none.</summary>
    public StoryBackups? Backups { get; set; }

    /// <summary>Where the time comes from. The default is the system.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Where the chance in the delays comes from. The default is a source of its own.</summary>
    public Random Random { get; set; } = new();

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">One does, and is named.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentNullException.ThrowIfNull(Random);
        ArgumentOutOfRangeException.ThrowIfLessThan(Debounce, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, Debounce);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AttemptsMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelayMax, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ExitTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StoriesMax);
    }
}
