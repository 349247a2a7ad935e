using System.Runtime.CompilerServices;

namespace Undercroft.Copies;

/// <summary>Walks through all records of a store that travel, in the order of their keys.</summary>
internal static class StoreWalk
{
    private const int PageSize = 1000;

    /// <summary>The collections with live records, in order.</summary>
    public static async ValueTask<IReadOnlyList<string>> CollectionsAsync(
        IStore store, CancellationToken cancellationToken, DateTimeOffset? now = null)
    {
        var measured = await MeasureAsync(store, cancellationToken, now).ConfigureAwait(false);
        return [.. measured.Select(static size => size.Collection)];
    }

    /// <summary>The sizes of the collections with live records, in order.</summary>
    public static async ValueTask<IReadOnlyList<CollectionSize>> MeasureAsync(
        IStore store, CancellationToken cancellationToken, DateTimeOffset? now = null)
    {
        var report = await store
            .MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure, Now = now }, cancellationToken)
            .ConfigureAwait(false);
        var sizes = report.Collections
            .Where(static size => size.Records > 0 && Passengers.IsOne(size.Collection))
            .ToList();
        sizes.Sort(static (a, b) => Utf8Order.Compare(a.Collection, b.Collection));
        return sizes;
    }

    /// <summary>The records, whole, index entries too. Each page is one snapshot; they are not one with each other.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="now">The instant that decides expiry; null means the store's clock.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <param name="after">The key behind which to begin; null begins with the first.</param>
    public static async IAsyncEnumerable<StoreRecord> RecordsAsync(
        IStore store,
        DateTimeOffset? now,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        RecordKey? after = null)
    {
        foreach (var collection in await CollectionsAsync(store, cancellationToken, now).ConfigureAwait(false))
        {
            var order = after is null ? 1 : Utf8Order.Compare(collection, after.Value.Collection);
            if (order < 0)
            {
                continue;
            }

            var request = new ScanRequest
            {
                Collection = collection,
                Limit = PageSize,
                Detail = RecordDetail.Complete,
                Now = now,
                After = order == 0 ? new ScanPosition(default, after!.Value.Id) : null,
            };
            do
            {
                var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
                foreach (var item in page.Items)
                {
                    yield return item.Record;
                }

                request = request with { After = page.Next };
            }
            while (request.After is not null);
        }
    }
}
