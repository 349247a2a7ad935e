namespace Undercroft;

/// <summary>A unique value is taken by another document. Nothing was written.</summary>
public sealed class UniqueConflictException : StoreException
{
    /// <summary>Describes who wanted what, and who has it.</summary>
    public UniqueConflictException(RecordKey key, string index, RecordKey holder)
        : base(
            StoreErrorKind.Conflict,
            $"Cannot write {Names.Show(key.ToString())}: its value in the unique index {Names.Show(index)} belongs " +
            $"to {Names.Show(holder.ToString())}. Choose another value, or change that document first.")
    {
        Key = key;
        Index = index;
        Holder = holder;
    }

    /// <summary>The document that was to be written.</summary>
    public RecordKey Key { get; }

    /// <summary>The unique index, by the name it was declared with.</summary>
    public string Index { get; }

    /// <summary>The document that has the value.</summary>
    public RecordKey Holder { get; }
}
