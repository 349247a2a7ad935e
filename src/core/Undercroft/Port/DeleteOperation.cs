namespace Undercroft;

/// <summary>Deletes one record and leaves a tombstone for the feed. Deleting what is not there writes nothing.
/// </summary>
/// <param name="key">The record to delete.</param>
/// <param name="condition">What must hold before; <see cref="WriteCondition.Any"/> is content with nothing there.
/// </param>
public sealed class DeleteOperation(RecordKey key, WriteCondition condition = default) : RecordOperation(key, condition)
{
    /// <summary>The text the tombstone keeps.</summary>
    public RecordMeta Meta { get; init; } = RecordMeta.Empty;

    /// <summary>Whether a tombstone is written even where there was no live record: sync and copies carry deletions
    /// of records this store never had.</summary>
    public bool LeavesTombstone { get; init; }

    /// <summary>The time of the deletion to keep, for copies and sync; null means the commit's time.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
