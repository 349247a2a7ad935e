using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Tree;

/// <summary>The new records of a run that are to hold what another record's file holds until the run replaces or
/// deletes it: a document that is kept as it was while it is rewritten, or one that moves. Such a file is given on.
/// </summary>
internal sealed class Heirs
{
    private readonly HashSet<FileMark> leaving = [];
    private readonly Dictionary<FileMark, DirtyRecord> waiting = [];

    /// <summary>Looks who there is in a run.</summary>
    public void Find(DirtySet run)
    {
        leaving.Clear();
        waiting.Clear();
        foreach (var record in run.Records.Values)
        {
            if (FileOf(record) is { } held)
            {
                _ = leaving.Add(held.Mark);
            }
        }

        if (leaving.Count == 0)
        {
            return;
        }

        foreach (var record in run.Records.Values)
        {
            if (FileOf(record) is null && StoredValue.Of(record.Latest) is { IsPending: true } value &&
                leaving.Contains(value.Mark))
            {
                _ = waiting.TryAdd(value.Mark, record);
            }
        }
    }

    /// <summary>Takes out the record that a file is to go to.</summary>
    /// <param name="held">What the file holds.</param>
    /// <returns>Null where nobody waits for it any more.</returns>
    public (RecordKey Key, StoredValue Value)? Take(StoredValue held) =>
        waiting.Remove(held.Mark, out var heir) && StoredValue.Of(heir.Latest) is { IsPending: true } value
            ? (heir.Latest.Key, value)
            : null;

    private static StoredValue? FileOf(DirtyRecord record) =>
        record.OnDisk is { IsPending: false } settled ? settled : null;
}
