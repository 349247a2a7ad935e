using Undercroft.Backends;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Writing;

/// <summary>Takes edits made by hand as one commit. An edit whose record was written meanwhile is left for the next
/// look.</summary>
internal sealed class EditRequest : WriteRequest
{
    private readonly TaskCompletionSource<int> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IReadOnlyList<HandEdit> edits;
    private int taken;

    public EditRequest(IReadOnlyList<HandEdit> edits, Durability level)
    {
        this.edits = edits;
        Level = level;
    }

    public override bool IsErrand => true;

    /// <summary>How many were taken.</summary>
    public Task<int> Done => done.Task;

    public override WriteStep? Judge(StoreState state, WriteTurn turn)
    {
        var now = turn.Core.Clock.Now();
        var writes = new List<PlannedWrite>(edits.Count);
        Dictionary<RecordKey, Leftover>? leftovers = null;
        foreach (var edit in edits)
        {
            var before = state.Table.Find(edit.Key);
            if (!ReferenceEquals(StoredValue.Of(before), edit.Expected))
            {
                continue;
            }

            writes.Add(new PlannedWrite(before, After(edit, before, state.Sequence + 1, now)));
            if (edit.Leftover is { } leftover)
            {
                (leftovers ??= [])[edit.Key] = leftover;
            }
        }

        taken = writes.Count;
        return taken == 0 ? null : new WriteStep(turn.ItemOf(state, writes), writes, leftovers);
    }

    public override void Succeed() => done.TrySetResult(taken);

    public override void Fail(Exception error) => done.TrySetException(error);

    private static StoreRecord After(HandEdit edit, StoreRecord? before, long sequence, DateTimeOffset now)
    {
        var live = before?.IsDeleted == false ? before : null;
        return new StoreRecord
        {
            Key = edit.Key,
            Revision = new Revision(sequence),
            Value = edit.Found?.Memory ?? default,
            CreatedAt = live?.CreatedAt ?? now,
            UpdatedAt = now,
            ExpiresAt = edit.Found is null ? null : live?.ExpiresAt,
            Meta = edit.Found is null ? RecordMeta.Empty : live?.Meta ?? RecordMeta.Empty,
            Entries = edit.Found is null ? [] : live?.Entries ?? [],
            Origin = FileStore.HandOrigin,
            IsDeleted = edit.Found is null,
        };
    }
}

/// <summary>One edit made by hand.</summary>
/// <param name="Key">The record.</param>
/// <param name="Expected">Its value as the one who looked knew it; null where it had none.</param>
/// <param name="Found">What was found; null where the file is gone.</param>
/// <param name="Leftover">The file found, where its name is not the record's; normally null.</param>
internal sealed record HandEdit(RecordKey Key, StoredValue? Expected, StoredValue? Found, Leftover? Leftover = null);
