namespace Undercroft;

/// <summary>A transaction found its reads changed by others each time it ran. Nothing was written.</summary>
public sealed class TransactionConflictException : StoreException
{
    /// <summary>Describes what kept changing.</summary>
    public TransactionConflictException(int attempts, RecordKey key)
        : base(
            StoreErrorKind.Conflict,
            $"The transaction gave up after {attempts} attempts: others kept changing what it had read, at last " +
            $"{Names.Show(key.ToString())}. Try again later, read less, or use a counter.")
    {
        Attempts = attempts;
        Key = key;
        IsTransient = true;
    }

    /// <summary>How often the body ran.</summary>
    public int Attempts { get; }

    /// <summary>The record that changed last.</summary>
    public RecordKey Key { get; }
}
