using Undercroft.Backends;
using Undercroft.Files.Journal;
using Undercroft.Files.State;

namespace Undercroft.Files.Writing;

/// <summary>Turns expired records into tombstones, or forgets tombstones.</summary>
internal sealed class SweepRequest : WriteRequest
{
    private readonly TaskCompletionSource<int> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MaintenanceRequest request;
    private readonly DateTimeOffset now;
    private readonly int writesMax;
    private int swept;

    public SweepRequest(MaintenanceRequest request, DateTimeOffset now, Durability level, int writesMax)
    {
        this.request = request;
        this.now = now;
        this.writesMax = writesMax;
        Level = level;
    }

    /// <summary>How many records were swept or forgotten: at most as many as fit into one commit.</summary>
    public Task<int> Done => done.Task;

    public override WriteStep? Judge(StoreState state, WriteTurn turn)
    {
        var step = request.Kind == MaintenanceKind.Expire ? Expire(state, turn) : Forget(state, turn);
        swept = step is null ? 0 : step.Item.Writes.Count + step.Item.Forgotten.Count;
        return swept == 0 ? null : step;
    }

    public override void Succeed() => done.TrySetResult(swept);

    public override void Fail(Exception error) => done.TrySetException(error);

    private WriteStep Expire(StoreState state, WriteTurn turn)
    {
        var writes = state.Table.Expired(now).Take(writesMax)
            .Select(record => Expiry.Sweep(record, state.Sequence + 1, now)).ToList();
        return new WriteStep(turn.ItemOf(state, writes), writes);
    }

    private WriteStep Forget(StoreState state, WriteTurn turn)
    {
        var forgotten = state.Table.Tombstones()
            .Where(tombstone => Expiry.MayForget(tombstone, request)).Take(writesMax)
            .Select(static tombstone => tombstone.Key).ToList();
        return new WriteStep(turn.ItemOf(state, []) with { Forgotten = forgotten }, []);
    }
}
