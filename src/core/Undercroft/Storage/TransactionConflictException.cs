namespace Undercroft;

/// <summary>A transaction found its reads changed each time it ran: by others, or by its own body past it. Nothing of
/// it was written.</summary>
public sealed class TransactionConflictException : StoreException
{
    /// <summary>Describes what kept changing.</summary>
    public TransactionConflictException(int attempts, RecordKey key)
        : this(
            $"The transaction gave up after {attempts} attempts: others kept changing what it had read, at last " +
            $"{Names.Show(key.ToString())}. Try again later, read less, or use a counter.",
            attempts,
            key,
            isTransient: true)
    {
    }

    private TransactionConflictException(string message, int attempts, RecordKey key, bool isTransient)
        : base(StoreErrorKind.Conflict, message)
    {
        Attempts = attempts;
        Key = key;
        IsTransient = isTransient;
    }

    /// <summary>How often the body ran.</summary>
    public int Attempts { get; }

    /// <summary>The record that changed last.</summary>
    public RecordKey Key { get; }

    /// <summary>Describes a transaction whose body writes past it what it also reads or writes in it.</summary>
    internal static TransactionConflictException WithItself(int attempts, RecordKey key) => new(
        $"The transaction conflicts with itself, in {attempts} attempts: its body wrote {Names.Show(key.ToString())} " +
        "at once, through a repository of the storage, and met it in the transaction too. What was written at once " +
        "stays. In the body take repositories, queues and blobs from the transaction: tx.Repository(…), not " +
        "storage.Repository(…).",
        attempts,
        key,
        isTransient: false);
}
