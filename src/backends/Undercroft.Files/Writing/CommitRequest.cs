using Undercroft.Backends;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Writing;

/// <summary>A commit on its way. What does not depend on the state is worked out by the caller's thread.</summary>
internal sealed class CommitRequest : WriteRequest
{
    private readonly TaskCompletionSource<CommitResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Commit commit;
    private readonly UInt128 digest;
    private readonly StoredValue?[] values;
    private CommitResult? result;

    public CommitRequest(Commit commit, Durability level)
    {
        this.commit = commit;
        Level = level;
        digest = commit.Identity is null ? default : CommitDigest.Of(commit);
        values = new StoredValue?[commit.Operations.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (commit.Operations[i] is PutOperation put)
            {
                var bytes = put.Value.ToArray();
                values[i] = new StoredValue(bytes, ValueText.KindOf(bytes));
                Bytes += bytes.Length + 256;
            }
        }
    }

    public Task<CommitResult> Done => done.Task;

    public override WriteStep? Judge(StoreState state, WriteTurn turn)
    {
        if (commit.Identity is { } identity && state.Lanes.Find(identity, digest) is { } replay)
        {
            result = replay.ToResult(commit);
            return null;
        }

        var now = commit.Now ?? turn.Core.Clock.Now();
        var revision = new Revision(state.Sequence + 1);
        var plan = CommitJudge.Judge(commit, new JudgedState(state.Table, turn.Core.Values), revision, now);
        result = plan.ToResult(plan.Writes.Count > 0 ? revision : new Revision(state.Sequence));
        if (!result.IsCommitted || (plan.Writes.Count == 0 && commit.Identity is null))
        {
            return null;
        }

        var writes = WithStoredValues(plan.Writes, state.Table);
        var item = turn.ItemOf(state, writes);
        if (commit.Identity is { } fresh)
        {
            var kept = new StoredReplay(fresh.Number, digest, result.Revision, result.Counters);
            item = item with { Replay = new ClientReplay(fresh.Client, kept, now.UtcTicks) };
        }

        return new WriteStep(item, writes);
    }

    public override void Succeed() => done.TrySetResult(result!);

    public override void Fail(Exception error) => done.TrySetException(error);

    private PlannedWrite[] WithStoredValues(IReadOnlyList<PlannedWrite> planned, RecordTable table)
    {
        var writes = new PlannedWrite[planned.Count];
        var operation = 0;
        for (var i = 0; i < writes.Length; i++)
        {
            var (before, after) = planned[i];
            while (!commit.Operations[operation].IsWrite || commit.Operations[operation].Key != after.Key)
            {
                operation++;
            }

            if (!after.IsDeleted)
            {
                var value = values[operation] ?? OfCounter(after);
                after = RecordShape.WithValue(after, value.Memory);
            }

            // What a counter was judged on carries bytes of its own; the table's record knows its file.
            writes[i] = new PlannedWrite(before is null ? null : table.Find(after.Key), after);
            operation++;
        }

        return writes;
    }

    private static StoredValue OfCounter(StoreRecord after)
    {
        var bytes = after.Value.ToArray();
        return new StoredValue(bytes, ValueText.KindOf(bytes));
    }

    /// <summary>The state as the judge asks for it: with values for counters.</summary>
    private sealed class JudgedState(RecordTable table, ValueReader values) : ICommitState
    {
        public StoreRecord? Find(RecordKey key, bool withValue)
        {
            var found = table.Find(key);
            return withValue && StoredValue.Of(found) is { } value
                ? RecordShape.WithValue(found!, values.Load(key, value) ?? throw FileErrors.Changing(key))
                : found;
        }

        public void FindHolders(
            string collection,
            string index,
            ReadOnlyMemory<byte> entryKey,
            DateTimeOffset now,
            ICollection<string> ids) =>
            table.FindHolders(collection, index, entryKey, now, ids);
    }
}
