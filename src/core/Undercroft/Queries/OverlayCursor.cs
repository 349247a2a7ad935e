namespace Undercroft.Queries;

/// <summary>Puts uncommitted records into their places among those of the store.</summary>
internal sealed class OverlayCursor(IRowCursor inner, Queue<Row> overlay, Func<int, bool> isReverse) : IRowCursor
{
    private bool hasInner;
    private bool needsInner = true;

    public Row Current { get; private set; }

    public bool MayHaveMore => overlay.Count > 0 || (!needsInner && hasInner) || inner.MayHaveMore;

    public async ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken)
    {
        if (needsInner)
        {
            hasInner = await inner.MoveAsync(wanted, cancellationToken).ConfigureAwait(false);
            needsInner = false;
        }

        if (overlay.TryPeek(out var row) &&
            (!hasInner || RowOrder.Compare(row, inner.Current, isReverse(row.Source)) < 0))
        {
            Current = overlay.Dequeue();
            return true;
        }

        if (!hasInner)
        {
            return false;
        }

        Current = inner.Current;
        needsInner = true;
        return true;
    }
}
