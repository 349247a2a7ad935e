using System.Runtime.CompilerServices;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Runs queries on the JSON documents of one collection, over any store. Immutable, for many
/// threads.</summary>
/// <remarks>
/// A page is one snapshot where it takes one call to the store: with an index that serves filter and order. Pages are
/// not one with each other: a document written between two of them may be seen in both or in neither; one that is not
/// written is seen exactly once.
/// </remarks>
public sealed class QueryEngine
{
    private readonly IStore store;
    private readonly QueryOptions options;
    private readonly Planner planner;

    /// <summary>Makes an engine.</summary>
    /// <param name="store">The store.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="readyIndexes">The indexes every document of the collection is in.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    public QueryEngine(
        IStore store, string collection, IReadOnlyList<IndexDefinition> readyIndexes, QueryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(readyIndexes);
        RecordKey.CheckCollection(collection);
        this.store = store;
        this.options = options ?? new QueryOptions();
        Collection = collection;
        planner = new Planner(readyIndexes);
    }

    /// <summary>The collection.</summary>
    public string Collection { get; }

    /// <summary>Says how a query would be run, without running it.</summary>
    public QueryPlan Explain(QuerySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return QueryPlan.Of(Collection, spec, Choose(spec, null));
    }

    /// <summary>Reads one page.</summary>
    /// <param name="spec">What to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or another query's; or the limit is not positive.
    /// </exception>
    /// <exception cref="StoreException">An index is required and none serves; the cursor has expired; a document is not
    /// JSON; or the store cannot be read.</exception>
    public async ValueTask<RawPage> PageAsync(QuerySpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var limit = LimitOf(spec) ?? options.PageSize;
        var query = HashOf(spec);
        var (way, place) = spec.After is null ? (default(ulong?), null) : Cursor(spec.After, query);
        var run = Begin(spec, way);
        if (!run.Plan.IsOrdered)
        {
            return await SortedPageAsync(run, spec, limit, query, place, cancellationToken).ConfigureAwait(false);
        }

        var walk = run.Open(place, RecordDetail.Whole);
        var items = new List<StoreRecord>(Math.Min(limit, 128));
        var last = default(Row);
        while (items.Count < limit &&
            await walk.MoveAsync(limit - items.Count, cancellationToken).ConfigureAwait(false))
        {
            last = walk.Current;
            items.Add(last.Record);
        }

        var hasMore = items.Count == limit && walk.MayHaveMore;
        return new RawPage(items, hasMore ? CursorAt(query, run, last) : null, run.Meter.Examined);
    }

    /// <summary>Reads all, or the first of them where the query has a limit, page by page as they are consumed.
    /// </summary>
    /// <param name="spec">What to read.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="LimitExceededException">Without an index that gives the order there is more to sort than
    /// <see cref="QueryOptions.SortItemsMax"/>.</exception>
    public async IAsyncEnumerable<StoreRecord> StreamAsync(
        QuerySpec spec, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var left = LimitOf(spec) ?? long.MaxValue;
        var (way, place) = spec.After is null ? (default(ulong?), null) : Cursor(spec.After, HashOf(spec));
        var run = Begin(spec, way);
        if (!run.Plan.IsOrdered)
        {
            var kept = (int)Math.Min(left, options.SortItemsMax);
            var sorter = await SortAsync(run, spec, kept, place, cancellationToken).ConfigureAwait(false);
            if (sorter.HasMore && left > kept)
            {
                throw TooMuchToSort(kept);
            }

            foreach (var row in sorter.ToRows())
            {
                yield return row.Record;
            }

            yield break;
        }

        var walk = run.Open(place, RecordDetail.Whole);
        while (left > 0 &&
            await walk.MoveAsync((int)Math.Min(left, options.PageSize), cancellationToken).ConfigureAwait(false))
        {
            yield return walk.Current.Record;
            left--;
        }
    }

    /// <summary>Counts the documents a filter wants, from the index alone where it decides.</summary>
    /// <param name="spec">Which documents; order, limit and cursor do not matter.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<long> CountAsync(QuerySpec spec, CancellationToken cancellationToken = default)
    {
        var run = Begin(Unordered(spec), null);
        var detail = await DetailToCountAsync(run, cancellationToken).ConfigureAwait(false);
        var walk = run.Open(null, detail);
        var count = 0L;
        while (await walk.MoveAsync(int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            count++;
        }

        return count;
    }

    /// <summary>Says whether there is a document a filter wants.</summary>
    /// <param name="spec">Which documents; order, limit and cursor do not matter.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> AnyAsync(QuerySpec spec, CancellationToken cancellationToken = default)
    {
        var walk = Begin(Unordered(spec), null).Open(null, RecordDetail.Whole);
        return await walk.MoveAsync(1, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes values of all documents a filter wants, in groups. The least and the greatest of all come from an
    /// index where one decides.</summary>
    /// <param name="spec">Which documents; order, limit and cursor do not matter.</param>
    /// <param name="groupBy">The fields a group has in common; empty makes one group of all. A document with several
    /// values is in several groups.</param>
    /// <param name="aggregates">What to make.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups, by their keys.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>, or a
    /// number in a sum is beyond 10¹⁰⁰⁰.</exception>
    public ValueTask<IReadOnlyList<AggregateGroup>> AggregateAsync(
        QuerySpec spec,
        IReadOnlyList<IndexField> groupBy,
        IReadOnlyList<Aggregate> aggregates,
        CancellationToken cancellationToken = default) =>
        AggregateAsync(spec, groupBy, aggregates, null, cancellationToken);

    internal async ValueTask<IReadOnlyList<AggregateGroup>> AggregateAsync(
        QuerySpec spec,
        IReadOnlyList<IndexField> groupBy,
        IReadOnlyList<Aggregate> aggregates,
        AggregateReading? reading,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(groupBy);
        ArgumentNullException.ThrowIfNull(aggregates);
        var all = Unordered(spec);
        if (groupBy.Count == 0 && aggregates is [{ Function: AggregateFunction.Min or AggregateFunction.Max } one] &&
            options.Overlay is not { Count: > 0 } && planner.Extreme(all.Where, one) is { } ends)
        {
            return [new AggregateGroup([], [await EndAsync(ends, cancellationToken).ConfigureAwait(false)])];
        }

        if (groupBy.Count == 0 && aggregates is [{ Function: AggregateFunction.Count }])
        {
            var count = await CountAsync(all, cancellationToken).ConfigureAwait(false);
            return [new AggregateGroup([], [FieldValue.From(count)])];
        }

        var aggregator = new Aggregator(groupBy, aggregates, options.GroupsMax, reading);
        var walk = Begin(all, null).Open(null, RecordDetail.Whole);
        while (await walk.MoveAsync(int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            aggregator.Add(walk.Current.Record);
        }

        return aggregator.ToGroups();
    }

    /// <summary>Reads one page, and joins to each of its records those of another collection.</summary>
    /// <param name="spec">What to read on the left.</param>
    /// <param name="right">The other collection.</param>
    /// <param name="join">By what they are joined.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or another query's; or the limit is not positive.
    /// </exception>
    /// <exception cref="LimitExceededException">More records are joined to one page than
    /// <see cref="QueryOptions.JoinedItemsMax"/>.</exception>
    public ValueTask<RawJoinPage> JoinAsync(
        QuerySpec spec, QueryEngine right, JoinSpec join, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(join);
        _ = LimitOf(spec);
        return new Joiner(this, right, join, options).PageAsync(spec, cancellationToken);
    }

    private static QuerySpec Unordered(QuerySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec with { Order = [], Limit = null, After = null };
    }

    private static int? LimitOf(QuerySpec spec) => spec.Limit is null or > 0
        ? spec.Limit
        : throw new ArgumentException(
            FormattableString.Invariant($"The limit of a query is above 0; found {spec.Limit}. Ask for at least 1."),
            nameof(spec));

    private LimitExceededException TooMuchToSort(int kept) => new(
        $"sorting '{Collection}' without an index that gives the order",
        nameof(QueryOptions.SortItemsMax), kept, kept + 1L);

    private ulong HashOf(QuerySpec spec) =>
        QueryCursor.HashOf($"{Collection}\n{spec.Where}\n{string.Join(',', spec.Order)}");

    private (ulong? Way, RowPlace Place) Cursor(string text, ulong query)
    {
        var (way, place) = QueryCursor.Read(text, query, store.Info.Epoch);
        return (way, place);
    }

    private string CursorAt(ulong query, QueryRun run, Row row) => QueryCursor.Write(
        query, QueryCursor.HashOf(run.Plan.Signature), store.Info.Epoch,
        new RowPlace(row.Source, row.Position, row.Record.Key.Id));

    private QueryRun Begin(QuerySpec spec, ulong? way)
    {
        ArgumentNullException.ThrowIfNull(spec.Where, nameof(spec));
        var plan = Choose(spec, way);
        if (spec.RequireIndex && QueryPlan.Of(Collection, spec, plan) is { IsServedByIndex: false } shown)
        {
            throw new StoreException(
                StoreErrorKind.Unsupported,
                $"No index serves the query on {Names.Show(Collection)}: found {shown}. {shown.Advice}");
        }

        return new QueryRun(store, Collection, options, plan);
    }

    // A cursor goes on the way it came, be there a better one meanwhile.
    private AccessPlan Choose(QuerySpec spec, ulong? way)
    {
        var plans = planner.Plans(spec.Where, spec.Order);
        return way is null
            ? plans[0]
            : plans.FirstOrDefault(plan => QueryCursor.HashOf(plan.Signature) == way)
                ?? throw QueryCursor.Expired("the index it walks is gone");
    }

    private async ValueTask<RawPage> SortedPageAsync(
        QueryRun run, QuerySpec spec, int limit, ulong query, RowPlace? place, CancellationToken cancellationToken)
    {
        if (limit > options.SortItemsMax)
        {
            throw TooMuchToSort(options.SortItemsMax);
        }

        var sorter = await SortAsync(run, spec, limit, place, cancellationToken).ConfigureAwait(false);
        var rows = sorter.ToRows();
        return new RawPage(
            [.. rows.Select(static row => row.Record)],
            sorter.HasMore ? CursorAt(query, run, rows[^1]) : null,
            run.Meter.Examined);
    }

    private async ValueTask<Sorter> SortAsync(
        QueryRun run, QuerySpec spec, int kept, RowPlace? after, CancellationToken cancellationToken)
    {
        var sorter = new Sorter(new SortKeys(spec.Order, new Conjuncts(spec.Where)), kept, after);
        var walk = run.Open(null, RecordDetail.Whole);
        while (await walk.MoveAsync(int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            Add(sorter, walk.Current.Record);
        }

        return sorter;
    }

    private void Add(Sorter sorter, StoreRecord record)
    {
        try
        {
            sorter.Add(record);
        }
        catch (StoreException error) when (options.Unreadable is not null && error.Kind == StoreErrorKind.Malformed)
        {
            options.Unreadable(record.Key.Id, error);
        }
    }

    private async ValueTask<FieldValue> EndAsync(IndexEnd end, CancellationToken cancellationToken)
    {
        var request = new ScanRequest
        {
            Collection = Collection,
            Range = ScanRange.Keys(end.IndexName, end.Range.From, (ReadOnlyMemory<byte>?)end.Range.Before),
            IsReverse = end.IsReverse,
            Limit = 1,
            Detail = RecordDetail.Keys,
            Now = options.Now,
        };
        ScanPage page;
        do
        {
            page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            request = request with { After = page.Next };
        }
        while (page.Items.Count == 0 && page.Next is not null);

        return page.Items.Count == 0
            ? FieldValue.Null
            : new IndexKeyReader(page.Items[0].EntryKey.Span[end.Range.PrefixLength..]).Read(end.IsDescending);
    }

    // Keys are enough where the source decides and finds no record twice.
    private async ValueTask<RecordDetail> DetailToCountAsync(QueryRun run, CancellationToken cancellationToken)
    {
        if (!run.IsCovered)
        {
            return RecordDetail.Whole;
        }

        var source = run.Plan.Sources[0];
        if (!source.CanRepeat)
        {
            return RecordDetail.Keys;
        }

        if (source.Index is null)
        {
            return RecordDetail.Meta;
        }

        var mark = IndexKeyWriter.EncodeString(source.IndexName!);
        var marked = new ScanRequest
        {
            Collection = Collection,
            Range = ScanRange.Keys(IndexSet.ManyIndex, mark, (ReadOnlyMemory<byte>?)KeyIntervals.After(mark)),
            Limit = 1,
            Detail = RecordDetail.Keys,
            Now = options.Now,
        };
        var page = await store.ScanAsync(marked, cancellationToken).ConfigureAwait(false);
        return page.Items.Count == 0 && page.Next is null ? RecordDetail.Keys : RecordDetail.Whole;
    }
}
