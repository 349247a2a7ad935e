namespace Undercroft;

/// <summary>Adds to a counter: a record whose value is a 64-bit number in 8 bytes, most significant first. A missing
/// counter is zero. Additions commute and never conflict with each other. Meta and index entries stay as they are.
/// </summary>
/// <param name="key">The counter.</param>
/// <param name="delta">What to add; negative subtracts.</param>
/// <param name="condition">What must hold before; normally nothing.</param>
public sealed class AddOperation(RecordKey key, long delta, WriteCondition condition = default)
    : RecordOperation(key, condition)
{
    /// <summary>What to add.</summary>
    public long Delta { get; } = delta;

    /// <summary>From which instant on the counter is invisible, and so zero again; null means never. It replaces what
    /// was there.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
