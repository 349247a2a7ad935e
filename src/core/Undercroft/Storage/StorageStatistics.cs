namespace Undercroft;

/// <summary>What a storage has done since it was made.</summary>
/// <param name="Operations">Each kind of operation.</param>
/// <param name="Commits">Commits applied.</param>
/// <param name="Conflicts">Commits refused.</param>
/// <param name="Retries">Writes and transactions run again after a conflict.</param>
/// <param name="SlowQueries">Queries that took at least the threshold.</param>
/// <param name="BytesWritten">The bytes of the values committed.</param>
public sealed record StorageStatistics(
    IReadOnlyDictionary<StorageOperation, OperationStatistics> Operations,
    long Commits,
    long Conflicts,
    long Retries,
    long SlowQueries,
    long BytesWritten);
