namespace Undercroft.Backends;

/// <summary>What <see cref="CommitJudge"/> asks a backend about the state before a commit.</summary>
public interface ICommitState
{
    /// <summary>Finds a record or its tombstone, with meta and index entries; expired records too.</summary>
    /// <param name="key">The record.</param>
    /// <param name="withValue">Whether the value is needed: only for counters.</param>
    /// <returns>The record, or null where there was never one.</returns>
    StoreRecord? Find(RecordKey key, bool withValue);

    /// <summary>Adds to a list the ids of all records of a collection that are live at an instant and hold a key in an
    /// index.</summary>
    void FindHolders(
        string collection, string index, ReadOnlyMemory<byte> entryKey, DateTimeOffset now, ICollection<string> ids);
}
