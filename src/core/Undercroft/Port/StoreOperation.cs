namespace Undercroft;

/// <summary>One step of a <see cref="Commit"/>. A commit writes a key at most once; it may check it as often as it
/// likes.</summary>
public abstract class StoreOperation
{
    private protected StoreOperation()
    {
    }

    /// <summary>The record the operation is about.</summary>
    public abstract RecordKey Key { get; }

    /// <summary>What must hold before the commit.</summary>
    public virtual WriteCondition Condition => WriteCondition.Any;

    /// <summary>Whether the operation writes; a check does not.</summary>
    public virtual bool IsWrite => true;
}
