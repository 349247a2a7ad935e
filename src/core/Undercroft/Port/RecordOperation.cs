namespace Undercroft;

/// <summary>A step of a commit that is about one record.</summary>
public abstract class RecordOperation : StoreOperation
{
    private protected RecordOperation(RecordKey key, WriteCondition condition)
    {
        Key = key;
        Condition = condition;
    }

    /// <inheritdoc/>
    public sealed override RecordKey Key { get; }

    /// <inheritdoc/>
    public sealed override WriteCondition Condition { get; }
}
