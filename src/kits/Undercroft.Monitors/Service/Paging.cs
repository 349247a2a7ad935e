using Undercroft.Queries;

namespace Undercroft.Monitors;

/// <summary>Reads pages that are as full as they can be.</summary>
internal static class Paging
{
    public const int LimitMax = 1000;

    public static async ValueTask<MonitorPage<TItem>> ReadAsync<T, TItem>(
        Query<T> query,
        int limit,
        string? after,
        Func<Document<T>, TItem> item,
        CancellationToken cancellationToken)
    {
        if (limit is < 1 or > LimitMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), limit, $"The length of a page is {limit}; expected 1 to {LimitMax}.");
        }

        var items = new List<TItem>();
        do
        {
            var page = await query.Take(limit - items.Count).After(after).ToPageAsync(cancellationToken)
                .ConfigureAwait(false);
            items.AddRange(page.Items.Select(item));
            after = page.Next;
        }
        while (after is not null && items.Count < limit);

        return new MonitorPage<TItem>(items, after);
    }
}
