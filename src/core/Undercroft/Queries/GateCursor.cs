namespace Undercroft.Queries;

/// <summary>Walks the rows of another cursor that pass a gate and are not overlaid by uncommitted writes.</summary>
internal sealed class GateCursor(
    IRowCursor inner, RowGate gate, QueryOptions options, QueryMeter meter) : IRowCursor
{
    private readonly IReadOnlyDictionary<string, StoreRecord?>? overlay = options.Overlay;
    private int examined;
    private int passed;

    public Row Current => inner.Current;

    public bool MayHaveMore => inner.MayHaveMore;

    public async ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken)
    {
        while (await inner.MoveAsync(Ahead(wanted), cancellationToken).ConfigureAwait(false))
        {
            examined++;
            meter.Examined++;
            var row = inner.Current;
            if ((overlay is null || !overlay.ContainsKey(row.Record.Key.Id)) && Lets(row))
            {
                passed++;
                return true;
            }
        }

        return false;
    }

    private bool Lets(Row row)
    {
        try
        {
            return gate.Lets(row);
        }
        catch (StoreException error) when (options.Unreadable is not null && error.Kind == StoreErrorKind.Malformed)
        {
            options.Unreadable(row.Record.Key.Id, error);
            return false;
        }
    }

    // Where little passes, more is read at a time; at first twice what is wanted.
    private int Ahead(int wanted) =>
        !gate.Judges ? wanted : (int)Math.Min(1_000L, (long)wanted * 2 * (examined + 1) / (passed + 1));
}
