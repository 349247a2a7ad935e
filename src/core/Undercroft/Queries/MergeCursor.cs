namespace Undercroft.Queries;

/// <summary>Walks several cursors side by side, the least row of all first.</summary>
internal sealed class MergeCursor(IReadOnlyList<IRowCursor> parts, bool isReverse) : IRowCursor
{
    private readonly bool[] isLoaded = new bool[parts.Count];
    private bool hasBegun;
    private int current = -1;

    public Row Current => parts[current].Current;

    public bool MayHaveMore
    {
        get
        {
            for (var i = 0; i < parts.Count; i++)
            {
                if ((i != current && isLoaded[i]) || parts[i].MayHaveMore)
                {
                    return true;
                }
            }

            return !hasBegun;
        }
    }

    public async ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken)
    {
        // Each part is asked for its share and a little more: values are seldom spread evenly.
        var share = Math.Max(Math.Min(wanted, 8), (int)Math.Min(int.MaxValue, 2L * wanted / Math.Max(parts.Count, 1)));
        for (var i = 0; i < parts.Count; i++)
        {
            if (!hasBegun || i == current)
            {
                isLoaded[i] = await parts[i].MoveAsync(share, cancellationToken).ConfigureAwait(false);
            }
        }

        hasBegun = true;
        current = -1;
        for (var i = 0; i < parts.Count; i++)
        {
            if (isLoaded[i] &&
                (current < 0 || RowOrder.Compare(parts[i].Current, parts[current].Current, isReverse) < 0))
            {
                current = i;
            }
        }

        return current >= 0;
    }
}
