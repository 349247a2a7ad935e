using System.Runtime.CompilerServices;

namespace Undercroft.Queries;

/// <summary>A query whose documents are joined to those of another collection. Immutable.</summary>
/// <typeparam name="T">The type on the left.</typeparam>
/// <typeparam name="TRight">The type on the right.</typeparam>
public sealed class JoinedQuery<T, TRight>
{
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

    /// <summary>Reads all, page by page as they are consumed.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="LimitExceededException">As for <see cref="ToPageAsync"/>.</exception>
    public async IAsyncEnumerable<Joined<T, TRight>> StreamAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = this;
        JoinedPage<T, TRight> page;
        do
        {
            page = await query.ToPageAsync(cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            query = query.After(page.Next);
        }
        while (page.Next is not null);
    }

    private Joined<T, TRight> Decode(RawJoin row) =>
        new(left.Source.Decode(row.Left), [.. row.Rights.Select(right.Source.Decode)]);
}
