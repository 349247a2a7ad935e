using Undercroft.Files.Values;

namespace Undercroft.Files.State;

/// <summary>What was written and is not in the tree and the index yet: for each record its latest state, however often
/// it was written. Not safe for threads.</summary>
internal sealed class DirtySet
{
    public Dictionary<RecordKey, DirtyRecord> Records { get; } = [];

    /// <summary>Whether something changed that is no record: a lane, the clock.</summary>
    public bool HasFacts { get; set; }

    public bool IsEmpty => Records.Count == 0 && !HasFacts;

    /// <summary>Adds a write.</summary>
    /// <param name="before">The record it replaces.</param>
    /// <param name="after">The record written.</param>
    /// <param name="leftover">A file by another name that goes once the record is in its own; normally null.</param>
    public void Add(StoreRecord? before, StoreRecord after, Leftover? leftover = null)
    {
        if (Records.TryGetValue(after.Key, out var known))
        {
            // Found in its file, or written by a checkpoint that failed later on: then that is what the file holds.
            known.OnDisk = StoredValue.Of(known.Latest) is { IsPending: false } there ? there : known.OnDisk;
            known.Latest = after;
            known.IsForgotten = false;
            known.Bytes += CostOf(after);
            known.Leftover ??= leftover;
            return;
        }

        Records[after.Key] = new DirtyRecord
        {
            Latest = after,
            OnDisk = StoredValue.Of(before),
            Bytes = CostOf(after),
            Leftover = leftover,
        };
    }

    /// <summary>Notes that a tombstone was forgotten.</summary>
    public void Forget(StoreRecord tombstone)
    {
        if (!Records.TryGetValue(tombstone.Key, out var known))
        {
            Records[tombstone.Key] = known = new DirtyRecord { Latest = tombstone };
        }

        known.IsForgotten = true;
    }

    /// <summary>Adds what a later set holds: for each record the later state counts.</summary>
    public void Merge(DirtySet later)
    {
        foreach (var (key, record) in later.Records)
        {
            Records[key] = record;
        }

        HasFacts |= later.HasFacts;
    }

    /// <summary>Takes back what could not be put into the tree and the index; what came meanwhile is newer.</summary>
    public void Return(DirtySet failed)
    {
        foreach (var (key, old) in failed.Records)
        {
            if (!Records.TryGetValue(key, out var newer))
            {
                Records[key] = old;
                continue;
            }

            // What the file holds now: what was being written if that is done, else what was there before.
            newer.OnDisk = StoredValue.Of(old.Latest) is { IsPending: false } written ? written : old.OnDisk;
            newer.Leftover ??= old.Leftover;
            newer.Bytes += old.Bytes;
        }

        HasFacts |= failed.HasFacts;
    }

    /// <summary>What a record costs in the journal and in memory, about.</summary>
    public static long CostOf(StoreRecord record) => 256 + (StoredValue.Of(record)?.Mark.Length ?? 0);
}

/// <summary>A record that is not in the tree yet.</summary>
internal sealed class DirtyRecord
{
    /// <summary>The record or tombstone to put there.</summary>
    public required StoreRecord Latest { get; set; }

    /// <summary>What its file holds, once that is written itself; null means no file.</summary>
    public StoredValue? OnDisk { get; set; }

    /// <summary>Whether it is a tombstone that the index is to forget.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>A file by another name to delete.</summary>
    public Leftover? Leftover { get; set; }

    /// <summary>What it counts against the journal's bound.</summary>
    public long Bytes { get; set; }
}

/// <summary>A file by another name, to be deleted once its record is in its own.</summary>
/// <param name="Path">The file.</param>
/// <param name="Mark">What it held: if it holds something else by then it stays.</param>
internal sealed record Leftover(string Path, FileMark Mark);
