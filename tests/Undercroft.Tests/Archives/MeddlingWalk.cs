using Undercroft.Layers;

namespace Undercroft.Tests.Archives;

/// <summary>Lets somebody write before each page of a walk, and gives small pages.</summary>
internal sealed class MeddlingWalk(IStore inner, Func<Task> meddle) : DelegatingStore(inner)
{
    private int calls;

    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        await meddle();
        return await Inner.ScanAsync(request with { Limit = 7 }, cancellationToken);
    }

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        if (++calls < 5)
        {
            await meddle();
        }

        return await Inner.ChangesAsync(request with { Limit = 5 }, cancellationToken);
    }
}
