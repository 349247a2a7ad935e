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

    /// <summary>From which instant on the record is invisible; null means never, or what
    /// <see cref="TimeToLive"/> says.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long the record lives, counted from the instant of the commit, by the store's clock: whoever asks
    /// for it need not know what time the store has. Null means as long as <see cref="ExpiresAt"/> says; of the two
    /// only one is given. A life that would last longer than time does ends with it.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The text beside the value; it replaces what was there.</summary>
    public RecordMeta Meta { get; init; } = RecordMeta.Empty;

    /// <summary>The index entries; they replace what was there, in the same commit.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; init; } = [];

    /// <summary>The creation time to keep, for copies and sync; null means the store's own rule.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The time of the last change to keep, for copies and sync; null means the commit's time.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>From which instant on the record is invisible, where it is committed at another: what stores keep.
    /// </summary>
    /// <param name="commit">The instant of the commit.</param>
    /// <returns>The instant, in UTC; null where it lives for ever.</returns>
    public DateTimeOffset? ExpiresFrom(DateTimeOffset commit) =>
        TimeToLive is { } life ? End(life, commit) : ExpiresAt?.ToUniversalTime();

    /// <summary>When a life ends that begins at an instant.</summary>
    internal static DateTimeOffset End(TimeSpan life, DateTimeOffset from) =>
        life < DateTimeOffset.MaxValue - from ? (from + life).ToUniversalTime() : DateTimeOffset.MaxValue;
}
