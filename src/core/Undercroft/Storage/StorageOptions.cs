using Undercroft.Blobs;

namespace Undercroft;

/// <summary>Settings for <see cref="Storage"/>. Read once, when it is made: what is changed later is another storage's.
/// </summary>
public sealed class StorageOptions
{
    // What a timer can wait for: 2^32 - 2 milliseconds, and a little less.
    private static readonly TimeSpan SweepIntervalMax = TimeSpan.FromDays(49);

    /// <summary>Where the time comes from. The default is the system.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How often a transaction's body runs at most. The default is 10.</summary>
    public int TransactionAttemptsMax { get; set; } = 10;

    /// <summary>How often a read-and-write of one document (patch, upsert) is tried at most. The default is 20.
    /// </summary>
    public int WriteAttemptsMax { get; set; } = 20;

    /// <summary>A query that takes this long is reported with its plan. The default is 500 ms;
    /// <see cref="Timeout.InfiniteTimeSpan"/> reports none.</summary>
    public TimeSpan SlowQueryThreshold { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often expired records are swept: at least every 49 days. The default is 1 minute;
    /// <see cref="Timeout.InfiniteTimeSpan"/> sweeps never.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The durability of commits that name none, one of <see cref="StoreInfo.DurabilityLevels"/>; null means
    /// the store's default.</summary>
    public Durability? Durability { get; set; }

    /// <summary>Who writes, for followers of the feed; null means nobody in particular.</summary>
    public string? Origin { get; set; }

    /// <summary>How blobs are kept.</summary>
    public BlobOptions Blobs { get; set; } = new();

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">One does, and is named.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Clock);
        ArgumentNullException.ThrowIfNull(Blobs);
        Blobs.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(TransactionAttemptsMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(WriteAttemptsMax);
        CheckInterval(SlowQueryThreshold, nameof(SlowQueryThreshold), orZero: true);
        CheckInterval(SweepInterval, nameof(SweepInterval), orZero: false);
        if (SweepInterval > SweepIntervalMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(SweepInterval), SweepInterval,
                $"{nameof(SweepInterval)} must be at most 49 days, or Timeout.InfiniteTimeSpan for never; found " +
                $"{SweepInterval}.");
        }
    }

    /// <summary>Copies the settings as they are: whoever was given them is not reached by what is set later.</summary>
    internal StorageOptions Copy()
    {
        var copy = (StorageOptions)MemberwiseClone();
        copy.Blobs = Blobs.Copy();
        return copy;
    }

    private static void CheckInterval(TimeSpan interval, string name, bool orZero)
    {
        if (interval != Timeout.InfiniteTimeSpan &&
            (interval < TimeSpan.Zero || (interval == TimeSpan.Zero && !orZero)))
        {
            throw new ArgumentOutOfRangeException(
                name, interval, $"{name} must be positive, or Timeout.InfiniteTimeSpan for never; found {interval}.");
        }
    }
}
