namespace Undercroft.Queries;

/// <summary>Walks one range of a store, page by page.</summary>
internal sealed class RangeCursor(IStore store, ScanRequest first, int source, int prefixLength) : IRowCursor
{
    private const int PageMax = 1_000;

    private ScanRequest request = first;
    private ScanPage? page;
    private int at;

    public Row Current
    {
        get
        {
            var item = page!.Items[at];
            return new(item.Record, item.EntryKey, item.EntryKey[prefixLength..], source);
        }
    }

    public bool MayHaveMore => page is null || at + 1 < page.Items.Count || page.Next is not null;

    public ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken) =>
        page is not null && ++at < page.Items.Count
            ? new(true)
            : LoadAsync(wanted, cancellationToken);

    private async ValueTask<bool> LoadAsync(int wanted, CancellationToken cancellationToken)
    {
        // A store may bring fewer items than there are, even none.
        while (page is null || page.Next is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            request = request with { After = page?.Next ?? request.After, Limit = LimitFor(wanted) };
            page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            at = 0;
            if (page.Items.Count > 0)
            {
                return true;
            }
        }

        at = page.Items.Count;
        return false;
    }

    // Keys cost little, so that many are read at once.
    private int LimitFor(int wanted) =>
        Math.Clamp(wanted, 1, request.Detail == RecordDetail.Keys ? 10 * PageMax : PageMax);
}
