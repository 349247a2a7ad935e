using Undercroft.Blobs;
using Undercroft.Jobs;

namespace Undercroft;

/// <summary>Reads the store under the transaction's own writes, and keeps new writes for the commit.</summary>
/// <param name="storage">The storage.</param>
/// <param name="turn">Whose turn it takes.</param>
/// <param name="own">How many operations the runner adds to the commit.</param>
internal sealed class TransactionScope(Storage storage, WriteTurn turn, int own) : IDocumentScope, ITransaction
{
    public const string GuardCollection = "$guards";

    /// <summary>How long a guard is kept that nobody names: much longer than a transaction may take that has named it.
    /// </summary>
    public static readonly TimeSpan GuardKept = TimeSpan.FromDays(7);

    /// <summary>How old what a transaction knows of a guard may be: later, another could have come, gone and expired.
    /// </summary>
    public static readonly TimeSpan GuardKnown = TimeSpan.FromDays(1);

    private readonly TransactionBuffer buffer = new(storage.Info.Limits, own);
    private bool hasEnded;

    public Storage Storage { get; } = storage;

    public TransactionBuffer Buffer
    {
        get
        {
            ThrowIfEnded();
            return buffer;
        }
    }

    public BlobTransaction Blobs => new(this);

    public IRepository<T> Repository<T>(CollectionDefinition<T> definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ThrowIfEnded();
        return new Repository<T>(definition, this);
    }

    public Counter Counter(string name)
    {
        ThrowIfEnded();
        return new Counter(this, name);
    }

    public IJobQueue<T> Queue<T>(JobDefinition<T> definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ThrowIfEnded();
        return new JobQueue<T>(definition, this);
    }

    public void Add(JobOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Buffer.Add(operation);
    }

    public async ValueTask GuardAsync(string name, CancellationToken cancellationToken = default)
    {
        if (Buffer.HasRead)
        {
            throw new InvalidOperationException(
                $"The guard {Names.Show(name)} comes after a read, which may have seen a state before it. Name " +
                "guards first in the transaction.");
        }

        var key = new RecordKey(GuardCollection, name);
        var now = Storage.Now();
        await turn.BeginAsync([key], cancellationToken).ConfigureAwait(false);
        var read = await Storage.Store
            .ReadAsync(key, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        buffer.Guard(key, read[0]?.Revision ?? Revision.None, now);
    }

    public async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        if (!buffer.HasRead && !Storage.Turns.IsEmpty)
        {
            // Later on it would wait for others while they wait for it.
            await turn.BeginAsync([.. Enumerable.Range(0, keys.Count).Select(at => keys[at])], cancellationToken)
                .ConfigureAwait(false);
        }

        var answers = new StoreRecord?[keys.Count];
        var missing = new List<int>(keys.Count);
        for (var i = 0; i < answers.Length; i++)
        {
            if (!buffer.TryFind(keys[i], out answers[i]))
            {
                missing.Add(i);
            }
        }

        if (missing.Count > 0)
        {
            var read = await Storage.Store
                .ReadAsync(missing.Select(at => keys[at]).ToArray(), options, cancellationToken)
                .ConfigureAwait(false);
            ThrowIfEnded();
            for (var i = 0; i < missing.Count; i++)
            {
                buffer.Remember(keys[missing[i]], read[i]?.Revision ?? Revision.None);
                answers[missing[i]] = read[i];
            }
        }

        return answers.Length == 1 ? new ReadResult(answers[0]) : new ReadResult(answers);
    }

    public async ValueTask<CommitResult> WriteAsync(DocumentBatch batch, CancellationToken cancellationToken)
    {
        var keys = batch.Drafts.Select(static draft => draft.Key)
            .Concat(batch.Deletions.Select(static deletion => deletion.Key))
            .ToArray();
        var conditions = batch.Drafts.Select(static draft => draft.Condition)
            .Concat(batch.Deletions.Select(static deletion => deletion.Condition))
            .ToArray();
        if (keys.GroupBy(static key => key).FirstOrDefault(static same => same.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException(
                $"A batch may write a document once; it writes {Names.Show(twice.Key.ToString())} twice. Merge the " +
                "two.",
                nameof(batch));
        }

        var now = Storage.Now();
        var heads = await ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Meta }, cancellationToken)
            .ConfigureAwait(false);
        var conflicts = new List<CommitConflict>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (!conditions[i].Holds(heads[i], now))
            {
                conflicts.Add(new CommitConflict(
                    i, keys[i], ConflictKind.Condition, heads[i]?.Revision ?? Revision.None));
            }
        }

        return conflicts.Count > 0
            ? new CommitResult { Revision = Revision.None, Conflicts = conflicts }
            : Keep(batch, now);
    }

    /// <summary>Ends it: what is left of the body can no longer read or write.</summary>
    /// <returns>What it has seen and will write.</returns>
    public TransactionBuffer End()
    {
        hasEnded = true;
        return buffer;
    }

    private CommitResult Keep(DocumentBatch batch, DateTimeOffset now)
    {
        var revision = buffer.NextPending();
        foreach (var draft in batch.Drafts)
        {
            buffer.Put(draft, batch.Shape, revision, now);
        }

        foreach (var deletion in batch.Deletions)
        {
            buffer.Delete(deletion.Key, batch.Shape);
        }

        return new CommitResult { Revision = revision, At = now };
    }

    private void ThrowIfEnded()
    {
        if (hasEnded)
        {
            throw new InvalidOperationException(
                "The transaction has ended: what it gave out can no longer be used. Await everything inside its body.");
        }
    }
}
