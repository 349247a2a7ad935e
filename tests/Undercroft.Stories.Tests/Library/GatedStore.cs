using Undercroft.Layers;

namespace Undercroft.Stories.Tests;

/// <summary>A store whose next read of one record has its answer, and holds it until the test lets it go.</summary>
internal sealed class GatedStore(IStore inner) : DelegatingStore(inner)
{
    private TaskCompletionSource? arrived;
    private TaskCompletionSource? open;
    private RecordKey held;

    /// <summary>Holds the next read of a record.</summary>
    /// <returns>Completes when the read has its answer.</returns>
    public Task HoldNext(RecordKey key)
    {
        held = key;
        open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return arrived.Task;
    }

    public void Release() => open!.SetResult();

    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        var found = await base.ReadAsync(keys, options, cancellationToken);
        var isHeld = Enumerable.Range(0, keys.Count).Any(i => keys[i] == held);
        if (isHeld && Interlocked.Exchange(ref arrived, null) is { } arrival)
        {
            arrival.SetResult();
            await open!.Task.WaitAsync(cancellationToken);
        }

        return found;
    }
}
