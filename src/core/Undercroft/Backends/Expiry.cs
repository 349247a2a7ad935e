namespace Undercroft.Backends;

/// <summary>The rules of sweeping and forgetting, once for all backends.</summary>
public static class Expiry
{
    /// <summary>Makes the tombstone of an expired record.</summary>
    /// <param name="record">The expired record.</param>
    /// <param name="sequence">The revision of the sweep.</param>
    /// <param name="now">The instant of the sweep.</param>
    public static PlannedWrite Sweep(StoreRecord record, long sequence, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new PlannedWrite(record, new StoreRecord
        {
            Key = record.Key,
            Revision = new Revision(sequence),
            CreatedAt = record.CreatedAt,
            UpdatedAt = now,
            IsDeleted = true,
        });
    }

    /// <summary>Says whether a compaction may forget a tombstone.</summary>
    public static bool MayForget(StoreRecord tombstone, MaintenanceRequest request)
    {
        ArgumentNullException.ThrowIfNull(tombstone);
        ArgumentNullException.ThrowIfNull(request);
        return !(tombstone.Revision.Value > request.Through?.Value) && !(tombstone.UpdatedAt >= request.Before);
    }
}
