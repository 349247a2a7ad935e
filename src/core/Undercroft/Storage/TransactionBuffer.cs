using Undercroft.Jobs;

namespace Undercroft;

/// <summary>What a transaction has seen and will write: no more than one commit, or one read, of its store takes.
/// </summary>
/// <param name="limits">What the store takes.</param>
/// <param name="own">How many operations the runner adds to the commit.</param>
internal sealed class TransactionBuffer(StoreLimits limits, int own = 0)
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
    private int missing;
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
    /// <exception cref="LimitExceededException">It is one more than the commit takes.</exception>
    public void Remember(RecordKey key, Revision revision)
    {
        if (!seen.TryAdd(key, revision))
        {
            if (seen[key] != revision)
            {
                throw new ReadChangedException(key);
            }

            return;
        }

        missing += revision == Revision.None ? 1 : 0;
        CheckFits(key);
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
        CheckFits(draft.Key);
    }

    public void Delete(RecordKey key, CollectionShape shape)
    {
        writes[key] = new BufferedWrite(null, null);
        collections[key.Collection] = shape;
        CheckFits(key);
    }

    public void Add(RecordKey counter, long delta)
    {
        additions[counter] = checked(additions.GetValueOrDefault(counter) + delta);
        CheckFits(counter);
    }

    public long AddedTo(RecordKey counter) => additions.GetValueOrDefault(counter);

    public void Add(JobOperation job)
    {
        jobs.Add(job);
        CheckFits(job.Key);
    }

    /// <summary>Remembers a guard as it was first seen.</summary>
    public void Guard(RecordKey guard, Revision revision, DateTimeOffset at)
    {
        _ = guards.TryAdd(guard, (revision, at));
        CheckFits(guard);
    }

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

    /// <summary>Refuses what the store would refuse at the end, where it comes up. Checks of what only was read need
    /// a commit just where there is something to write: else it is looked at again, in as many reads as it takes, of
    /// which only the first can tell what was missing all along.</summary>
    private void CheckFits(RecordKey key)
    {
        var commits = own > 0 || HasWrites;
        var operations = (long)seen.Count + additions.Count + guards.Count + jobs.Count + collections.Count + own;
        if (commits && operations > limits.OperationsMax)
        {
            throw new LimitExceededException(
                $"{Names.Show(key.ToString())} in a transaction that writes, whose commit checks or writes each " +
                "record it has met",
                nameof(StoreLimits.OperationsMax), limits.OperationsMax, operations);
        }

        if (!commits && missing > limits.KeysPerReadMax)
        {
            throw new LimitExceededException(
                $"{Names.Show(key.ToString())} in a transaction, which looks once more at all it has found missing",
                nameof(StoreLimits.KeysPerReadMax), limits.KeysPerReadMax, missing);
        }
    }
}
