namespace Undercroft.Files;

/// <summary>Settings of a <see cref="FileStore"/>. Read once, when the store is opened.</summary>
public sealed class FileStoreOptions
{
    /// <summary>Where the store is kept. It is made where it is missing. There is no default.</summary>
    public string Directory { get; set; } = string.Empty;

    /// <summary>The level of a commit that names none. The default is <see cref="Durability.Disk"/>.</summary>
    public Durability DefaultDurability { get; set; } = Durability.Disk;

    /// <summary>Whether to open for reading only, beside a process that writes. The default is false.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>Whether a folder that holds other files already becomes a store, its <c>.json</c> and <c>.bin</c> files
    /// becoming records. The default is false: such a folder is refused.</summary>
    public bool AdoptExisting { get; set; }

    /// <summary>How many bytes of commits may wait in the journal and in memory to be put into the tree. Beyond that,
    /// commits wait for the tree. On the disk the journal may take twice as much, and 64 MiB. The default is 64 MiB.
    /// </summary>
    public long JournalBytesMax { get; set; } = 64L * 1024 * 1024;

    /// <summary>The most commits that share one append to the journal. The default is 1,024.</summary>
    public int GroupMax { get; set; } = 1024;

    /// <summary>The most commits that wait to be written; further ones wait to be let in. The default is 4,096.
    /// </summary>
    public int QueueMax { get; set; } = 4096;

    /// <summary>The most bytes of values kept in memory for reading, beside those not in the tree yet. The default is
    /// 32 MiB.</summary>
    public long CacheBytesMax { get; set; } = 32L * 1024 * 1024;

    /// <summary>How long the store is left alone before commits are put into the tree; under load it takes at most
    /// twenty times as long. The default is 250 milliseconds.</summary>
    public TimeSpan TreeDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the tree is looked through for edits by hand; and, for a store that is open for reading only,
    /// how far it may be behind the one that writes, at most a tenth of a second where this is longer.
    /// <see cref="Timeout.InfiniteTimeSpan"/> means only at the opening, and when asked. The default is 1 minute.
    /// </summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many files may be missing before the store suspects an accident. More than these, and more than
    /// <see cref="DeletionShareMax"/> of all, are not taken as deletions. The default is 100.</summary>
    public int DeletionsMax { get; set; } = 100;

    /// <summary>Which share of all files may be missing, from 0 to 1; see <see cref="DeletionsMax"/>. The default is a
    /// tenth.</summary>
    public double DeletionShareMax { get; set; } = 0.1;

    /// <summary>How many client instances' results are kept for retries; the longest unused go first. The default is
    /// 10,000.</summary>
    public int ReplayLanesMax { get; set; } = 10_000;

    /// <summary>The limits of the store.</summary>
    public StoreLimits Limits { get; set; } = new();

    /// <summary>Refuses settings that cannot be meant.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it.</exception>
    public void Validate()
    {
        Check(!string.IsNullOrWhiteSpace(Directory), nameof(Directory), Names.Show(Directory), "name a folder");
        Check(
            Enum.IsDefined(DefaultDurability),
            nameof(DefaultDurability), DefaultDurability, "use Memory, Os or Disk");
        Check(
            JournalBytesMax is >= 64 * 1024 and <= 1L << 40,
            nameof(JournalBytesMax), JournalBytesMax, "use 64 KiB to 1 TiB");
        Check(GroupMax is >= 1 and <= 65_536, nameof(GroupMax), GroupMax, "use 1 to 65536");
        Check(QueueMax is >= 1 and <= 1_000_000, nameof(QueueMax), QueueMax, "use 1 to 1000000");
        Check(CacheBytesMax >= 0, nameof(CacheBytesMax), CacheBytesMax, "use 0 or more");
        Check(
            TreeDelay >= TimeSpan.Zero && TreeDelay <= TimeSpan.FromMinutes(1),
            nameof(TreeDelay), TreeDelay, "use 0 to 1 minute");
        Check(
            RescanInterval == Timeout.InfiniteTimeSpan ||
            (RescanInterval > TimeSpan.Zero && RescanInterval <= TimeSpan.FromDays(1)),
            nameof(RescanInterval), RescanInterval, "use more than 0 and at most 1 day, or Timeout.InfiniteTimeSpan");
        Check(DeletionsMax >= 0, nameof(DeletionsMax), DeletionsMax, "use 0 or more");
        Check(DeletionShareMax is >= 0 and <= 1, nameof(DeletionShareMax), DeletionShareMax, "use 0 to 1");
        Check(ReplayLanesMax >= 1, nameof(ReplayLanesMax), ReplayLanesMax, "use 1 or more");
        ArgumentNullException.ThrowIfNull(Limits);
    }

    internal FileStoreOptions Copy() => (FileStoreOptions)MemberwiseClone();

    private static void Check(bool holds, string setting, object? found, string advice)
    {
        if (!holds)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"The setting '{nameof(FileStoreOptions)}.{setting}' is {found}; {advice}."),
                setting);
        }
    }
}
