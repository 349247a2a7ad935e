using System.Text.Json.Serialization;

namespace Undercroft.Archives;

/// <summary>What goes into an archive.</summary>
public sealed record ArchiveOptions
{
    /// <summary>Everything but deletions, as it is.</summary>
    public static ArchiveOptions Default { get; } = new();

    /// <summary>Whether to compress it with gzip. The default is not to.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether the tombstones the store still has go in too. The default is that they do not.</summary>
    public bool IncludesDeletions { get; init; }

    /// <summary>Whether to leave out what each store has of its own: revisions, epoch, backend, and the time of the
    /// archive. Deletions come in the order of their keys, all held in memory for that. Canonical archives of two
    /// stores that are equal and at rest are equal byte for byte. The default is not to.</summary>
    public bool IsCanonical { get; init; }

    /// <summary>How long to wait where the store's feed holds commits back: the archive is not the store as it was at
    /// one instant before they have come. It does not matter to an archive that is gone on with.</summary>
    [JsonIgnore]
    public HeldBackWait HeldBack { get; init; } = HeldBackWait.Default;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(HeldBack, nameof(HeldBack));
        HeldBack.Validate();
    }
}
