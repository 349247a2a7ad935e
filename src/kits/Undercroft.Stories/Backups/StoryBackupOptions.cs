namespace Undercroft.Stories;

/// <summary>The settings of <see cref="StoryBackups"/>. Read once, when it is made.</summary>
public sealed class StoryBackupOptions
{
    /// <summary>How many backups of a story are kept; at least 1. The default is 10.</summary>
    public int KeptMax { get; set; } = 10;

    /// <summary>How old a backup may get; the newest of a story is kept whatever its age. The default is 30 days;
    /// <see cref="Timeout.InfiniteTimeSpan"/> keeps them for ever.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How much time there is at least between two backups taken before saves. The default is 5 minutes; zero
    /// takes one before every save.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A folder where every backup is written as a file too, beside the store that a disk failure may take;
    /// made if it is missing. The files are exports, as <see cref="StoryLibrary.ExportAsync"/> writes them. Null, the
    /// default, writes none.</summary>
    public string? Directory { get; set; }

    /// <summary>Where the time comes from. The default is the system.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">One does, and is named.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(KeptMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, TimeSpan.Zero);
        if (KeptFor != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeptFor, TimeSpan.Zero);
        }

        if (Directory is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
        }
    }
}
