namespace Undercroft;

/// <summary>Writes one record, whole.</summary>
/// <param name="key">The record to write.</param>
/// <param name="value">The new bytes. They must not change until the commit has completed; the store has copied them
/// then.</param>
/// <param name="condition">What must hold before; <see cref="WriteCondition.Any"/> overwrites.</param>
public sealed class PutOperation(RecordKey key, ReadOnlyMemory<byte> value, WriteCondition condition = default)
    : RecordOperation(key, condition)
{
    /// <summary>The new bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>From which instant on the record is invisible; null means never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The text beside the value; it replaces what was there.</summary>
    public RecordMeta Meta { get; init; } = RecordMeta.Empty;

    /// <summary>The index entries; they replace what was there, in the same commit.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; init; } = [];

    /// <summary>The creation time to keep, for copies and sync; null means the store's own rule.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The time of the last change to keep, for copies and sync; null means the commit's time.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
