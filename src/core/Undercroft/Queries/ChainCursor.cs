namespace Undercroft.Queries;

/// <summary>Walks cursors one after the other; each is made when its turn comes.</summary>
internal sealed class ChainCursor(IReadOnlyList<Func<IRowCursor>> parts) : IRowCursor
{
    private IRowCursor? current;
    private int next;

    public Row Current => current!.Current;

    public bool MayHaveMore => current?.MayHaveMore == true || next < parts.Count;

    public async ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken)
    {
        while (current is null || !await current.MoveAsync(wanted, cancellationToken).ConfigureAwait(false))
        {
            if (next == parts.Count)
            {
                current = null;
                return false;
            }

            current = parts[next++]();
        }

        return true;
    }
}
