using System.Runtime.CompilerServices;

namespace Undercroft.Queries;

/// <summary>A query whose documents are joined to those of another collection. Immutable.</summary>
/// <typeparam name="T">The type on the left.</typeparam>
/// <typeparam name="TRight">The type on the right.</typeparam>
public sealed class JoinedQuery<T, TRight>
{
    // Of a stream; halved where too much is joined to so many.
    private const int PageSize = 100;

    private readonly Query<T> left;
    private readonly Query<TRight> right;
    private readonly JoinSpec join;

    internal JoinedQuery(Query<T> left, Query<TRight> right, JoinSpec join)
    {
        this.left = left;
        this.right = right;
        this.join = join;
    }

    /// <summary>Keeps documents on the left that have none on the right.</summary>
    public JoinedQuery<T, TRight> KeepUnmatched() => new(left, right, join with { KeepsUnmatched = true });

    /// <summary>Goes on behind a page.</summary>
    /// <param name="cursor">The page's <see cref="JoinedPage{T, TRight}.Next"/>; null begins at the beginning.</param>
    public JoinedQuery<T, TRight> After(string? cursor) => new(left.After(cursor), right, join);

    /// <summary>Reads one page.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LimitExceededException">More documents are joined to one page than
    /// <see cref="QueryOptions.JoinedItemsMax"/>: take smaller pages.</exception>
    public ValueTask<JoinedPage<T, TRight>> ToPageAsync(CancellationToken cancellationToken = default) =>
        left.Source.RunAsync(
            left.Spec,
            async engine =>
            {
                var other = await right.Source.EngineAsync(cancellationToken).ConfigureAwait(false);
                var page = await engine.JoinAsync(left.Spec, other, join, cancellationToken).ConfigureAwait(false);
                return new JoinedPage<T, TRight>([.. page.Items.Select(Decode)], page.Next);
            },
            static page => page.Items.Count,
            cancellationToken);

    /// <summary>Reads all, or the first where <see cref="Query{T}.Take"/> says how many, as they are consumed.
    /// </summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="LimitExceededException">More documents are joined to a single one than
    /// <see cref="QueryOptions.JoinedItemsMax"/>.</exception>
    public async IAsyncEnumerable<Joined<T, TRight>> StreamAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var wanted = left.Spec.Limit ?? long.MaxValue;
        var size = PageSize;
        var query = this;
        while (wanted > 0)
        {
            var page = await query.TryPageAsync((int)Math.Min(wanted, size), cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                size /= 2;
                continue;
            }

            foreach (var item in page.Items)
            {
                yield return item;
            }

            wanted = page.Next is null ? 0 : wanted - page.Items.Count;
            query = query.After(page.Next);
        }
    }

    // Null where more documents are joined to so many than one page takes.
    private async ValueTask<JoinedPage<T, TRight>?> TryPageAsync(int size, CancellationToken cancellationToken)
    {
        try
        {
            return await new JoinedQuery<T, TRight>(left.Take(size), right, join)
                .ToPageAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (LimitExceededException) when (size > 1)
        {
            // Fewer on the left have fewer on the right.
            return null;
        }
    }

    private Joined<T, TRight> Decode(RawJoin row) =>
        new(left.Source.Decode(row.Left), [.. row.Rights.Select(right.Source.Decode)]);
}
