namespace Undercroft;

/// <summary>Checks one record without writing it.</summary>
/// <param name="key">The record to check.</param>
/// <param name="condition">What must hold before the commit.</param>
public sealed class CheckOperation(RecordKey key, WriteCondition condition) : RecordOperation(key, condition)
{
    /// <inheritdoc/>
    public override bool IsWrite => false;
}
