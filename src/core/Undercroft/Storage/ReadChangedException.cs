namespace Undercroft;

/// <summary>Ends a run of a transaction's body whose reads do not fit together; the runner catches it and runs the body
/// again.</summary>
internal sealed class ReadChangedException(RecordKey key) : StoreException(
    StoreErrorKind.Conflict,
    $"{Names.Show(key.ToString())} changed while the transaction was reading. Let the exception pass: the " +
    "transaction runs again.")
{
    public RecordKey Key { get; } = key;
}
