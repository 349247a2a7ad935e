using Undercroft.Layers;

namespace Undercroft.Tests.Blobs;

/// <summary>Lets others go first before and after each call, now and then for long.</summary>
internal sealed class ChaosStore(IStore inner, int seed) : DelegatingStore(inner)
{
    private readonly Random random = new(seed);

    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        await PauseAsync();
        var read = await Inner.ReadAsync(keys, options, cancellationToken);
        await PauseAsync();
        return read;
    }

    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        await PauseAsync();
        var page = await Inner.ScanAsync(request, cancellationToken);
        await PauseAsync();
        return page;
    }

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        await PauseAsync();
        var result = await Inner.CommitAsync(commit, cancellationToken);
        await PauseAsync();
        return result;
    }

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        await PauseAsync();
        var page = await Inner.ChangesAsync(request, cancellationToken);
        await PauseAsync();
        return page;
    }

    private async Task PauseAsync()
    {
        int turns;
        lock (random)
        {
            turns = random.Next(10) == 0 ? random.Next(50) : random.Next(4);
        }

        for (; turns > 0; turns--)
        {
            await Task.Yield();
        }
    }
}
