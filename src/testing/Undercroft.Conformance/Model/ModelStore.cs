using System.Buffers.Binary;
using System.Text;

namespace Undercroft.Conformance.Model;

/// <summary>What a store is, said in the simplest way: lists that are searched from end to end. It shares no code with
/// any backend, so that it does not share a mistake with one.</summary>
internal sealed class ModelStore
{
    private readonly List<long> forgotten = [];

    /// <summary>Live and expired records and tombstones, in no order.</summary>
    public List<StoreRecord> Records { get; private set; } = [];

    /// <summary>The latest revision.</summary>
    public Revision Latest { get; private set; }

    public static bool IsLive(StoreRecord record, DateTimeOffset now) =>
        !record.IsDeleted && (record.ExpiresAt is null || record.ExpiresAt > now);

    public static int CompareIds(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    public StoreRecord? Find(RecordKey key) => Records.Find(record => record.Key == key);

    public StoreRecord? FindLive(RecordKey key, DateTimeOffset now) =>
        Find(key) is { } record && IsLive(record, now) ? record : null;

    /// <summary>Says what a commit comes to; its writes have no revision yet.</summary>
    public ModelVerdict Judge(Commit commit, DateTimeOffset now)
    {
        var verdict = new ModelVerdict();
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            var operation = commit.Operations[i];
            if (!Holds(operation.Condition, operation.Key, now))
            {
                verdict.Conflicts.Add(Conflict(i, operation, ConflictKind.Condition, now));
            }
            else if (operation is AddOperation add && AddConflict(add, now) is { } kind)
            {
                verdict.Conflicts.Add(Conflict(i, operation, kind, now));
            }
            else if (After(operation, commit.Origin, now) is { } after)
            {
                verdict.Writes.Add(after);
                if (operation is AddOperation)
                {
                    verdict.Counters.Add(BinaryPrimitives.ReadInt64BigEndian(after.Value.Span));
                }
            }
        }

        JudgeUniqueness(commit, verdict, now);
        return verdict;
    }

    /// <summary>Applies the writes of a verdict at the revision the store gave them.</summary>
    public void Apply(ModelVerdict verdict, Revision revision)
    {
        Records = With(verdict.Writes.Select(write => Copy(write, revision)));
        Latest = revision;
    }

    /// <summary>Turns what has expired into tombstones.</summary>
    /// <returns>The keys swept.</returns>
    public List<RecordKey> Sweep(DateTimeOffset now)
    {
        var expired = Records.Where(record => !record.IsDeleted && !IsLive(record, now)).ToList();
        Records = With(expired.Select(record => new StoreRecord
        {
            Key = record.Key,
            Revision = default,
            CreatedAt = record.CreatedAt,
            UpdatedAt = now,
            IsDeleted = true,
        }));
        return [.. expired.Select(static record => record.Key)];
    }

    /// <summary>Takes over the revisions a sweep has given.</summary>
    public void Number(IEnumerable<StoreRecord> tombstones)
    {
        foreach (var tombstone in tombstones)
        {
            Records = With([Copy(Find(tombstone.Key)!, tombstone.Revision)]);
            Latest = tombstone.Revision.CompareTo(Latest) > 0 ? tombstone.Revision : Latest;
        }
    }

    /// <summary>Forgets tombstones.</summary>
    /// <returns>How many.</returns>
    public int Compact(Revision through)
    {
        var gone = Records.Where(record => record.IsDeleted && record.Revision.Value <= through.Value).ToList();
        forgotten.AddRange(gone.Select(static record => record.Revision.Value));
        Records = [.. Records.Except(gone)];
        return gone.Count;
    }

    /// <summary>The latest revision forgotten.</summary>
    public long Horizon() => forgotten.DefaultIfEmpty().Max();

    /// <summary>The feed after a revision.</summary>
    public List<StoreRecord> Changes(long after, DateTimeOffset now) =>
    [
        .. Records
            .Where(record => record.Revision.Value > after && (record.IsDeleted || IsLive(record, now)))
            .OrderBy(static record => record.Revision.Value)
            .ThenBy(static record => record.Key.Collection, Comparer<string>.Create(CompareIds))
            .ThenBy(static record => record.Key.Id, Comparer<string>.Create(CompareIds)),
    ];

    private List<StoreRecord> With(IEnumerable<StoreRecord> writes)
    {
        var list = writes.ToList();
        return [.. Records.Where(record => !list.Exists(write => write.Key == record.Key)), .. list];
    }

    private bool Holds(WriteCondition condition, RecordKey key, DateTimeOffset now)
    {
        var (found, live) = (Find(key), FindLive(key, now));
        return condition.Kind switch
        {
            WriteConditionKind.Absent => live is null,
            WriteConditionKind.Present => live is not null,
            WriteConditionKind.Revision => live is not null && live.Revision == condition.Revision,
            WriteConditionKind.Meta =>
                (found?.IsDeleted == true ? found : live)?.Meta[condition.MetaName!] == condition.MetaText,
            _ => true,
        };
    }

    private ConflictKind? AddConflict(AddOperation add, DateTimeOffset now)
    {
        var live = FindLive(add.Key, now);
        if (live is null)
        {
            return null;
        }

        if (live.Value.Length != 8)
        {
            return ConflictKind.NotACounter;
        }

        var sum = (Int128)BinaryPrimitives.ReadInt64BigEndian(live.Value.Span) + add.Delta;
        return sum < long.MinValue || sum > long.MaxValue ? ConflictKind.CounterOverflow : null;
    }

    private StoreRecord? After(StoreOperation operation, string? origin, DateTimeOffset now)
    {
        var (found, live) = (Find(operation.Key), FindLive(operation.Key, now));
        switch (operation)
        {
            case PutOperation put:
                return new StoreRecord
                {
                    Key = put.Key, Revision = default, Value = put.Value, ExpiresAt = put.ExpiresAt, Meta = put.Meta,
                    Entries = put.Entries,
                    CreatedAt = live?.CreatedAt ?? now, UpdatedAt = now, Origin = origin,
                };
            case AddOperation add:
                var value = new byte[8];
                var from = live is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(live.Value.Span);
                BinaryPrimitives.WriteInt64BigEndian(value, from + add.Delta);
                return new StoreRecord
                {
                    Key = add.Key, Revision = default, Value = value, ExpiresAt = add.ExpiresAt,
                    Meta = live?.Meta ?? RecordMeta.Empty,
                    Entries = live?.Entries ?? [], CreatedAt = live?.CreatedAt ?? now, UpdatedAt = now, Origin = origin,
                };
            case DeleteOperation delete when live is not null || delete.LeavesTombstone:
                return new StoreRecord
                {
                    Key = delete.Key, Revision = default, Meta = delete.Meta, CreatedAt = found?.CreatedAt ?? now,
                    UpdatedAt = now,
                    Origin = origin, IsDeleted = true,
                };
            default:
                return null;
        }
    }

    private void JudgeUniqueness(Commit commit, ModelVerdict verdict, DateTimeOffset now)
    {
        var after = With(verdict.Writes).Where(record => IsLive(record, now)).ToList();
        var rivals =
            from one in after
            from entry in one.Entries
            where entry.IsUnique
            from other in after
            where other.Key != one.Key && other.Key.Collection == one.Key.Collection && other.Entries.Contains(entry)
            select (one.Key, entry.Index, Holder: other.Key);
        foreach (var (key, index, holder) in rivals)
        {
            var position = commit.Operations.ToList().FindIndex(operation => operation.IsWrite && operation.Key == key);
            if (position >= 0)
            {
                var found = FindLive(key, now)?.Revision ?? Revision.None;
                verdict.Claims.Add(new CommitConflict(position, key, ConflictKind.Unique, found, index, holder));
            }
        }
    }

    private CommitConflict Conflict(int position, StoreOperation operation, ConflictKind kind, DateTimeOffset now) =>
        new(position, operation.Key, kind, FindLive(operation.Key, now)?.Revision ?? Revision.None);

    private static StoreRecord Copy(StoreRecord record, Revision revision) => new()
    {
        Key = record.Key, Revision = revision, Value = record.Value, CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt, ExpiresAt = record.ExpiresAt, Meta = record.Meta, Entries = record.Entries,
        Origin = record.Origin, IsDeleted = record.IsDeleted,
    };
}
