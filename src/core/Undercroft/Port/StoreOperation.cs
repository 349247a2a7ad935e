namespace Undercroft;

/// <summary>One step of a <see cref="Commit"/>. A commit writes a key at most once; it may check it as often as it
/// likes.</summary>
public abstract class StoreOperation
{
    private readonly RecordKey address;

    private protected StoreOperation(RecordKey key, WriteCondition condition)
    {
        address = key;
        Condition = condition;
    }

    /// <summary>The record the operation is about.</summary>
    public virtual RecordKey Key => address;

    /// <summary>What must hold before the commit.</summary>
    public WriteCondition Condition { get; }

    /// <summary>Whether the operation writes; a check does not.</summary>
    public virtual bool IsWrite => true;
}
