namespace Undercroft.Backends;

/// <summary>Cuts records down to the detail a caller asked for.</summary>
public static class RecordShape
{
    /// <summary>Gives the record with the detail asked for; the same object where nothing is to be cut.</summary>
    public static StoreRecord Cut(StoreRecord record, RecordDetail detail)
    {
        ArgumentNullException.ThrowIfNull(record);
        return detail switch
        {
            RecordDetail.Keys => new StoreRecord
            {
                Key = record.Key,
                Revision = record.Revision,
                IsDeleted = record.IsDeleted,
            },
            RecordDetail.Meta when !record.Value.IsEmpty => new StoreRecord
            {
                Key = record.Key,
                Revision = record.Revision,
                CreatedAt = record.CreatedAt,
                UpdatedAt = record.UpdatedAt,
                ExpiresAt = record.ExpiresAt,
                Meta = record.Meta,
                Origin = record.Origin,
                IsDeleted = record.IsDeleted,
            },
            _ => record,
        };
    }

    /// <summary>Gives the same record with other bytes as its value.</summary>
    public static StoreRecord WithValue(StoreRecord record, ReadOnlyMemory<byte> value)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new StoreRecord
        {
            Key = record.Key,
            Revision = record.Revision,
            Value = value,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            ExpiresAt = record.ExpiresAt,
            Meta = record.Meta,
            Entries = record.Entries,
            Origin = record.Origin,
            IsDeleted = record.IsDeleted,
        };
    }

    /// <summary>Gives what a reader gets who already knows the revision.</summary>
    public static StoreRecord Unchanged(StoreRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new StoreRecord { Key = record.Key, Revision = record.Revision, IsUnchanged = true };
    }

    /// <summary>Gives what a read by key answers for what was found.</summary>
    /// <param name="found">The record or tombstone found, or null.</param>
    /// <param name="options">What was asked.</param>
    /// <param name="position">The position of the key in the read.</param>
    /// <param name="now">The instant that decides expiry.</param>
    public static StoreRecord? Answer(StoreRecord? found, in ReadOptions options, int position, DateTimeOffset now)
    {
        if (found is null || (found.IsDeleted ? !options.IncludeDeleted : !found.IsLiveAt(now)))
        {
            return null;
        }

        return options.Known is { } known && known[position] == found.Revision
            ? Unchanged(found)
            : Cut(found, options.Detail);
    }
}
