using Undercroft.Jobs;

namespace Undercroft;

/// <summary>What a transaction has seen and will write.</summary>
internal sealed class TransactionBuffer
{
    private static readonly IReadOnlyDictionary<string, StoreRecord?> NoOverlay =
        new Dictionary<string, StoreRecord?>();

    private readonly Dictionary<RecordKey, Revision> seen = [];
    private readonly Dictionary<RecordKey, BufferedWrite> writes = [];
    private readonly Dictionary<RecordKey, long> additions = [];
    private readonly Dictionary<string, CollectionShape> collections = new(StringComparer.Ordinal);
    private readonly Dictionary<RecordKey, (Revision Revision, DateTimeOffset At)> guards = [];
    private readonly List<JobOperation> jobs = [];
    private long pending;
    private bool hasQueried;

    /// <summary>Whether anything was read, or asked of a query, which may have found nothing.</summary>
    public bool HasRead => hasQueried || seen.Count > 0;

    public bool HasWrites => writes.Count > 0 || additions.Count > 0 || guards.Count > 0 || jobs.Count > 0;

    /// <summary>What was read, each at the revision it was seen at.</summary>
    public IReadOnlyDictionary<RecordKey, Revision> Seen => seen;

    /// <summary>The collections written to, as they were declared.</summary>
    public IReadOnlyCollection<CollectionShape> Collections => collections.Values;

    /// <summary>Remembers what was read: the commit depends on it.</summary>
    /// <exception cref="ReadChangedException">The same record was seen at another revision before.</exception>
    public void Remember(RecordKey key, Revision revision)
    {
        if (!seen.TryAdd(key, revision) && seen[key] != revision)
        {
            throw new ReadChangedException(key);
        }
    }

    public bool TryFind(RecordKey key, out StoreRecord? record)
    {
        var found = writes.TryGetValue(key, out var write);
        record = write?.Record;
        return found;
    }

    /// <summary>The collection's uncommitted writes, by id, for a query to lay over what it finds; null for a deletion.
    /// </summary>
    public IReadOnlyDictionary<string, StoreRecord?> OverlayOf(string collection)
    {
        hasQueried = true;
        return collections.ContainsKey(collection)
            ? writes
                .Where(write => write.Key.Collection == collection)
                .ToDictionary(static write => write.Key.Id, static write => write.Value.Record, StringComparer.Ordinal)
            : NoOverlay;
    }

    /// <summary>Draws the revision the transaction sees its next writes at: negative, and never twice the same.
    /// </summary>
    public Revision NextPending() => new(--pending);

    public void Put(DocumentDraft draft, CollectionShape shape, Revision revision, DateTimeOffset now)
    {
        var before = writes.GetValueOrDefault(draft.Key);
        draft = draft with { BornAt = before is { Draft: null } ? now : before?.Draft?.BornAt };
        writes[draft.Key] = new BufferedWrite(draft, draft.ToRecord(revision, now));
        collections[draft.Key.Collection] = shape;
    }

    public void Delete(RecordKey key, CollectionShape shape)
    {
        writes[key] = new BufferedWrite(null, null);
        collections[key.Collection] = shape;
    }

    public void Add(RecordKey counter, long delta) =>
        additions[counter] = checked(additions.GetValueOrDefault(counter) + delta);

    public long AddedTo(RecordKey counter) => additions.GetValueOrDefault(counter);

    public void Add(JobOperation job) => jobs.Add(job);

    /// <summary>Remembers a guard as it was first seen.</summary>
    public void Guard(RecordKey guard, Revision revision, DateTimeOffset at) =>
        _ = guards.TryAdd(guard, (revision, at));

    /// <summary>Finds a guard named too long ago to be sure of it.</summary>
    public RecordKey? FindOldGuard(DateTimeOffset now)
    {
        foreach (var (key, guard) in guards)
        {
            if (now - guard.At >= TransactionScope.GuardKnown)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>Makes the operations of the commit: writes under what was seen, checks of what was only read.</summary>
    /// <param name="indexesOf">Tells the indexes of a collection.</param>
    public List<StoreOperation> ToOperations(Func<string, CollectionIndexes> indexesOf)
    {
        var operations = new List<StoreOperation>(seen.Count + additions.Count + guards.Count + collections.Count);
        foreach (var (key, revision) in seen)
        {
            var condition = WriteCondition.At(revision);
            operations.Add(writes.TryGetValue(key, out var write) switch
            {
                true when write!.Draft is { } draft => collections[key.Collection].Form.ToPut(
                    draft with { Condition = condition }, indexesOf(key.Collection)),
                true when revision != Revision.None => new DeleteOperation(key, condition),
                _ => new CheckOperation(key, condition),
            });
        }

        foreach (var (key, delta) in additions)
        {
            operations.Add(new AddOperation(key, delta));
        }

        foreach (var (key, guard) in guards)
        {
            operations.Add(new PutOperation(key, "{}"u8.ToArray(), WriteCondition.At(guard.Revision))
            {
                TimeToLive = TransactionScope.GuardKept,
            });
        }

        // Settlements last, as their callers think of them.
        operations.AddRange(jobs);
        return operations;
    }
}
