using Undercroft.Layers;

namespace Undercroft.Tests.Queries;

/// <summary>Counts what is asked of a store.</summary>
internal sealed class CountingStore(IStore inner) : DelegatingStore(inner)
{
    public int Scans { get; private set; }

    public int Reads { get; private set; }

    public int Items { get; private set; }

    public List<RecordDetail> Details { get; } = [];

    public void Reset()
    {
        (Scans, Reads, Items) = (0, 0, 0);
        Details.Clear();
    }

    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        var page = await base.ScanAsync(request, cancellationToken);
        Scans++;
        Items += page.Items.Count;
        Details.Add(request.Detail);
        return page;
    }

    public override ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        Reads++;
        return base.ReadAsync(keys, options, cancellationToken);
    }
}
