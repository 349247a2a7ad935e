using System.Buffers.Binary;
using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>Decides what a commit comes to: the laws of conditions, uniqueness, counters and times, once for all
/// backends.</summary>
/// <remarks>Conditions are judged on the state before the commit, uniqueness on the state after it. The caller holds
/// whatever makes the state stand still until the plan is applied.</remarks>
public sealed class CommitJudge
{
    private readonly Commit commit;
    private readonly ICommitState state;
    private readonly Revision revision;
    private readonly DateTimeOffset now;
    private readonly List<CommitConflict> conflicts = [];
    private readonly List<PlannedWrite> writes = [];
    private readonly List<long> counters = [];

    private CommitJudge(Commit commit, ICommitState state, Revision revision, DateTimeOffset now)
    {
        this.commit = commit;
        this.state = state;
        this.revision = revision;
        this.now = now;
    }

    /// <summary>Judges a commit that <see cref="CommitGuard"/> has let through.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="revision">The revision its writes will have.</param>
    /// <param name="now">The instant it happens at.</param>
    /// <param name="jobs">The judge of its job operations; null where it has none.</param>
    public static CommitPlan Judge(
        Commit commit, ICommitState state, Revision revision, DateTimeOffset now, JobJudge? jobs = null)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(state);
        return new CommitJudge(commit, state, revision, now).Run(jobs);
    }

    private CommitPlan Run(JobJudge? jobs)
    {
        var hasUnique = false;
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            var operation = commit.Operations[i];
            if (operation is JobOperation)
            {
                continue;
            }

            if (writes.Capacity == 0)
            {
                writes.Capacity = commit.Operations.Count - i;
            }

            var before = state.Find(operation.Key, withValue: operation is AddOperation);
            if (!operation.Condition.Holds(before, now))
            {
                Refuse(i, ConflictKind.Condition, before);
                continue;
            }

            Plan(i, operation, before);
            hasUnique |= operation is PutOperation put && HasUnique(put.Entries);
        }

        if (hasUnique)
        {
            JudgeUniqueness();
        }

        jobs?.Check(commit, conflicts);
        return new CommitPlan
        {
            At = now.ToUniversalTime(),
            Conflicts = conflicts,
            Writes = conflicts.Count > 0 ? [] : writes,
            Counters = conflicts.Count > 0 ? [] : counters,
        };
    }

    private void Plan(int position, StoreOperation operation, StoreRecord? before)
    {
        var live = before?.IsLiveAt(now) == true ? before : null;
        switch (operation)
        {
            case PutOperation put:
                writes.Add(new PlannedWrite(before, After(put, live)));
                break;
            case DeleteOperation delete when live is not null || delete.LeavesTombstone:
                writes.Add(new PlannedWrite(before, After(delete, before)));
                break;
            case AddOperation add:
                Plan(position, add, before, live);
                break;
            default:
                break;
        }
    }

    private void Plan(int position, AddOperation add, StoreRecord? before, StoreRecord? live)
    {
        if (live is not null && live.Value.Length != sizeof(long))
        {
            Refuse(position, ConflictKind.NotACounter, before);
            return;
        }

        var from = live is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(live.Value.Span);
        var to = unchecked(from + add.Delta);
        if (((from ^ to) & (add.Delta ^ to)) < 0)
        {
            Refuse(position, ConflictKind.CounterOverflow, before);
            return;
        }

        var value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(value, to);
        counters.Add(to);
        writes.Add(new PlannedWrite(before, new StoreRecord
        {
            Key = add.Key,
            Revision = revision,
            Value = value,
            CreatedAt = live?.CreatedAt ?? now,
            UpdatedAt = now,
            ExpiresAt = add.ExpiresAt?.ToUniversalTime(),
            Meta = live?.Meta ?? RecordMeta.Empty,
            Entries = live?.Entries ?? [],
            Origin = commit.Origin,
        }));
    }

    private StoreRecord After(PutOperation put, StoreRecord? live)
    {
        var updatedAt = (put.UpdatedAt ?? now).ToUniversalTime();
        return new StoreRecord
        {
            Key = put.Key,
            Revision = revision,
            Value = put.Value,
            CreatedAt = put.CreatedAt?.ToUniversalTime() ?? live?.CreatedAt ?? updatedAt,
            UpdatedAt = updatedAt,
            ExpiresAt = put.ExpiresFrom(now),
            Meta = put.Meta,
            Entries = EntrySet.Normalize(put.Entries),
            Origin = commit.Origin,
        };
    }

    private StoreRecord After(DeleteOperation delete, StoreRecord? before)
    {
        var updatedAt = (delete.UpdatedAt ?? now).ToUniversalTime();
        return new StoreRecord
        {
            Key = delete.Key,
            Revision = revision,
            CreatedAt = before?.CreatedAt ?? updatedAt,
            UpdatedAt = updatedAt,
            Meta = delete.Meta,
            Origin = commit.Origin,
            IsDeleted = true,
        };
    }

    private void JudgeUniqueness()
    {
        var written = new HashSet<RecordKey>();
        foreach (var operation in commit.Operations)
        {
            // An addition keeps the entries of its counter, and so what they claim, unless it ends the counter.
            if (operation.IsWrite && operation is not JobOperation
                && (operation is not AddOperation add || add.ExpiresAt <= now))
            {
                _ = written.Add(operation.Key);
            }
        }

        var claims = new Dictionary<(string Collection, IndexEntry Entry), RecordKey>();
        var holders = new List<string>();
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is PutOperation put &&
                FindRival(put, written, claims, holders) is var (entry, rival))
            {
                conflicts.Add(new CommitConflict(
                    i, put.Key, ConflictKind.Unique, FoundAt(state.Find(put.Key, withValue: false)), entry.Index,
                    rival));
            }
        }
    }

    private (IndexEntry Entry, RecordKey Rival)? FindRival(
        PutOperation put,
        HashSet<RecordKey> written,
        Dictionary<(string Collection, IndexEntry Entry), RecordKey> claims,
        List<string> holders)
    {
        if (put.ExpiresFrom(now) <= now)
        {
            return null;
        }

        foreach (var entry in put.Entries)
        {
            if (!entry.IsUnique)
            {
                continue;
            }

            if (!claims.TryAdd((put.Key.Collection, entry), put.Key) &&
                claims[(put.Key.Collection, entry)] is var claimant && claimant != put.Key)
            {
                return (entry, claimant);
            }

            holders.Clear();
            state.FindHolders(put.Key.Collection, entry.Index, entry.Key, now, holders);
            foreach (var id in holders)
            {
                var holder = new RecordKey(put.Key.Collection, id);
                if (!written.Contains(holder))
                {
                    return (entry, holder);
                }
            }
        }

        return null;
    }

    private static bool HasUnique(IReadOnlyList<IndexEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].IsUnique)
            {
                return true;
            }
        }

        return false;
    }

    private void Refuse(int position, ConflictKind kind, StoreRecord? before) =>
        conflicts.Add(new CommitConflict(position, commit.Operations[position].Key, kind, FoundAt(before)));

    private Revision FoundAt(StoreRecord? record) => record?.IsLiveAt(now) == true ? record.Revision : Revision.None;
}
