namespace Undercroft;

/// <summary>A document is not at the revision a write expected. Nothing was written.</summary>
public sealed class RevisionConflictException : StoreException
{
    /// <summary>Describes a lost race.</summary>
    /// <param name="key">The document.</param>
    /// <param name="expected">The revision the writer had seen; none where it wanted to create.</param>
    /// <param name="found">The revision there is; none where there is no document.</param>
    public RevisionConflictException(RecordKey key, Revision expected, Revision found)
        : base(StoreErrorKind.Conflict, Describe(Names.Show(key.ToString()), expected, found))
    {
        Key = key;
        Expected = expected;
        Found = found;
    }

    /// <summary>The document.</summary>
    public RecordKey Key { get; }

    /// <summary>The revision the writer had seen.</summary>
    public Revision Expected { get; }

    /// <summary>The revision there is.</summary>
    public Revision Found { get; }

    private static string Describe(string key, Revision expected, Revision found) =>
        (expected.Value, found.Value) switch
    {
        (0, _) => $"Cannot create {key}: it already exists at {found}. Read it and update it, or choose another id.",
        (_, 0) => $"Cannot write {key} from {expected}: it no longer exists. Create it again, or let it go.",
        _ =>
            $"Cannot write {key} from {expected}: the store holds {found}. Read it again, merge, and write from " +
            $"{found}.",
    };
}
