namespace Undercroft;

/// <summary>Asks a store to look after itself.</summary>
public sealed record MaintenanceRequest
{
    /// <summary>What to do.</summary>
    public required MaintenanceKind Kind { get; init; }

    /// <summary>For <see cref="MaintenanceKind.Compact"/>: only tombstones at or before this revision; null means no
    /// such bound.</summary>
    public Revision? Through { get; init; }

    /// <summary>For <see cref="MaintenanceKind.Compact"/>: only tombstones written before this instant; null means no
    /// such bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>For <see cref="MaintenanceKind.Backup"/>: where the copy goes; it must not exist yet.</summary>
    public string? Target { get; init; }

    /// <summary>The instant that decides expiry; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Told about the work as it goes: items done, and items in all where that is known, else 0.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}
