using System.Linq.Expressions;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Asks a collection for documents. Immutable: every step gives a new query, and each can be run as often as
/// wanted, by many threads.</summary>
/// <remarks>
/// Expressions are read, never compiled; names are those of the JSON. Text is compared by its characters, ordinally. A
/// member that the JSON leaves out counts as null, be its type a number: see <c>docs/reference/queries.md</c>.
/// Inside a transaction a query sees its uncommitted writes.
/// </remarks>
/// <typeparam name="T">The type of the documents.</typeparam>
public sealed class Query<T>
{
    internal Query(QuerySource<T> source)
        : this(source, new QuerySpec(), new HashSet<FieldPath>())
    {
    }

    private Query(QuerySource<T> source, QuerySpec spec, IReadOnlySet<FieldPath> singles)
    {
        Source = source;
        Spec = spec;
        Singles = singles;
    }

    /// <summary>What the query asks for, as data; its text is the JSON form.</summary>
    public QuerySpec Spec { get; }

    internal QuerySource<T> Source { get; }

    // The paths known to have one value, so that conditions on them bound one range.
    private IReadOnlySet<FieldPath> Singles { get; }

    /// <summary>Wants only documents that meet a predicate too.</summary>
    /// <param name="predicate">Comparisons of members with values, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>,
    /// <c>Contains</c>, <c>StartsWith</c>, <c>Any</c>.</param>
    /// <exception cref="NotSupportedException">The predicate has a part that JSON filters cannot say; the message names
    /// it.</exception>
    public Query<T> Where(Expression<Func<T, bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var (filter, singles) = FilterTranslator.Translate(predicate, Source.TypeInfo, Singles);
        return new(Source, Spec with { Where = ScalarMerge.And(Spec.Where, filter, singles.Contains) }, singles);
    }

    /// <summary>Wants only documents that a filter wants too.</summary>
    public Query<T> Where(Filter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return With(Spec with { Where = Filter.And(Spec.Where, filter) });
    }

    /// <summary>Wants only documents that a filter in its JSON form wants too: <c>{"author": "Ann"}</c>.</summary>
    /// <exception cref="ArgumentException">It is not the JSON form of a filter; the message names the
    /// place.</exception>
    public Query<T> WhereJson(string json) => Where(Filter.Parse(json));

    /// <summary>Wants only documents with a tag.</summary>
    public Query<T> WithTag(string tag) => Where(Filter.Equal("$tags", TagValue(tag)));

    /// <summary>Wants only documents with at least one of some tags; of none, no document.</summary>
    public Query<T> WithAnyTag(params IEnumerable<string> tags) => Where(Filter.In("$tags", tags.Select(TagValue)));

    /// <summary>Wants only documents with all of some tags.</summary>
    public Query<T> WithAllTags(params IEnumerable<string> tags) =>
        Where(Filter.And(tags.Select(static tag => Filter.Equal("$tags", TagValue(tag)))));

    /// <summary>Orders by a member, the least first; in place of any order before.</summary>
    public Query<T> OrderBy<TKey>(Expression<Func<T, TKey>> member) => Order([], member, isDescending: false);

    /// <summary>Orders by a member, the greatest first; in place of any order before.</summary>
    public Query<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> member) => Order([], member, isDescending: true);

    /// <summary>Orders documents that are equal so far by a member, the least first.</summary>
    public Query<T> ThenBy<TKey>(Expression<Func<T, TKey>> member) => Order(Spec.Order, member, isDescending: false);

    /// <summary>Orders documents that are equal so far by a member, the greatest first.</summary>
    public Query<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> member) =>
        Order(Spec.Order, member, isDescending: true);

    /// <summary>Orders by fields given as text, such as <c>-score</c>, <c>$id</c> or <c>createdAt:time</c>; in place of
    /// any order before.</summary>
    /// <exception cref="ArgumentException">One is no field.</exception>
    public Query<T> OrderBy(params IEnumerable<string> fields) =>
        With(Spec with { Order = [.. fields.Select(IndexField.Parse)] });

    /// <summary>Wants at most so many documents, on each page and in a stream.</summary>
    public Query<T> Take(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return With(Spec with { Limit = limit });
    }

    /// <summary>Goes on behind a page.</summary>
    /// <param name="cursor">The page's <see cref="Page{T}.Next"/>; null begins at the beginning.</param>
    public Query<T> After(string? cursor) => With(Spec with { After = cursor });

    /// <summary>Refuses to run where no index serves filter and order.</summary>
    public Query<T> RequireIndex() => With(Spec with { RequireIndex = true });

    /// <summary>Passes over documents that cannot be read, and tells of each, instead of ending there: one that was
    /// spoiled does not hide the others. Joins, counts and aggregates are as they were.</summary>
    /// <param name="unreadable">Hears the id of each and why it cannot be read:
    /// <see cref="StoreErrorKind.Malformed"/>.</param>
    public Query<T> PassingOver(Action<string, StoreException> unreadable)
    {
        ArgumentNullException.ThrowIfNull(unreadable);
        return new(Source.PassingOver(unreadable), Spec, Singles);
    }

    /// <summary>Reads one page: 100 documents where <see cref="Take"/> says nothing else.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or another query's.</exception>
    /// <exception cref="StoreException">An index is required and none serves; the cursor has expired; a document is not
    /// of the type; or the store cannot be read.</exception>
    public ValueTask<Page<T>> ToPageAsync(CancellationToken cancellationToken = default) => Source.RunAsync(
        Spec,
        async engine =>
        {
            var page = await engine.PageAsync(Spec, cancellationToken).ConfigureAwait(false);
            return new Page<T>(Source.Decode(page.Items), page.Next);
        },
        static page => page.Items.Count,
        cancellationToken);

    /// <summary>Reads all documents, or the first where <see cref="Take"/> says how many, as they are
    /// consumed.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="StoreException">As for <see cref="ToPageAsync"/>; or without an index that gives the order
    /// there is more to sort than <see cref="QueryOptions.SortItemsMax"/>.</exception>
    public IAsyncEnumerable<Document<T>> StreamAsync(CancellationToken cancellationToken = default) =>
        Source.StreamAsync(Spec, cancellationToken);

    /// <summary>Reads the first document.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The document, or null where there is none.</returns>
    public async ValueTask<Document<T>?> FirstOrDefaultAsync(CancellationToken cancellationToken = default)
    {
        var query = Take(1);
        Page<T> page;
        do
        {
            page = await query.ToPageAsync(cancellationToken).ConfigureAwait(false);
            query = query.After(page.Next);
        }
        while (page.Items.Count == 0 && page.Next is not null);

        return page.Items.Count == 0 ? null : page.Items[0];
    }

    /// <summary>Counts the documents, from the index alone where it decides. Limit and cursor do not matter.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => Source.RunAsync(
        Spec, engine => engine.CountAsync(Spec, cancellationToken), static _ => 0, cancellationToken);

    /// <summary>Says whether there is a document.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default) => Source.RunAsync(
        Spec, engine => engine.AnyAsync(Spec, cancellationToken), static _ => 0, cancellationToken);

    /// <summary>Adds up a member's numbers, exactly; 0 of none.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreException">The sum has more digits than a decimal.</exception>
    public async ValueTask<decimal> SumAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        AggregateResult.ToDecimal(
            await OneAsync(Source.AggregateOf(AggregateFunction.Sum, member), cancellationToken)
                .ConfigureAwait(false)) ?? 0;

    /// <summary>Averages a member's numbers to 28 digits.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The average; null where there is no number.</returns>
    /// <exception cref="StoreException">The average has more digits than a decimal.</exception>
    public async ValueTask<decimal?> AverageAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        AggregateResult.ToAverage(
            await OneAsync(Source.AggregateOf(AggregateFunction.Average, member), cancellationToken)
                .ConfigureAwait(false));

    /// <summary>Finds the least value of a member, nulls passed over.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value; null where there is none.</returns>
    /// <exception cref="InvalidOperationException">There is none, and the type has no null: select a
    /// nullable.</exception>
    public ValueTask<TValue?> MinAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        EndAsync(AggregateFunction.Min, member, cancellationToken);

    /// <summary>Finds the greatest value of a member, nulls passed over.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value; null where there is none.</returns>
    /// <exception cref="InvalidOperationException">There is none, and the type has no null: select a
    /// nullable.</exception>
    public ValueTask<TValue?> MaxAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        EndAsync(AggregateFunction.Max, member, cancellationToken);

    /// <summary>Makes values of the documents, in groups.</summary>
    /// <param name="groupBy">The fields a group has in common, as text; empty makes one group of all.</param>
    /// <param name="aggregates">What to make.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups, by their keys.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<AggregateGroup>> AggregateAsync(
        IReadOnlyList<string> groupBy,
        IReadOnlyList<Aggregate> aggregates,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groupBy);
        return GroupAsync([.. groupBy.Select(IndexField.Parse)], aggregates, null, cancellationToken);
    }

    /// <summary>Groups the documents by a member.</summary>
    public GroupedQuery<T, TKey> GroupBy<TKey>(Expression<Func<T, TKey>> member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return new(this, Source.GroupOf(member));
    }

    /// <summary>Joins to each document those of another query whose ids a member names.</summary>
    /// <param name="right">The other query; of it only the filter counts.</param>
    /// <param name="member">The member, one id or many.</param>
    public JoinedQuery<T, TRight> Join<TRight, TKey>(Query<TRight> right, Expression<Func<T, TKey>> member)
    {
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(member);
        return new(this, right, new JoinSpec { LeftPath = Source.PathOf(member).Path, RightWhere = right.Spec.Where });
    }

    /// <summary>Joins to each document those of another query with the same value; an index over the member on the
    /// right serves it.</summary>
    /// <param name="right">The other query; of it only the filter counts.</param>
    /// <param name="left">The member here; null is the id.</param>
    /// <param name="other">The member there.</param>
    public JoinedQuery<T, TRight> Join<TRight, TLeft, TOther>(
        Query<TRight> right, Expression<Func<T, TLeft>>? left, Expression<Func<TRight, TOther>> other)
    {
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(other);
        var (mine, theirs) = (left is null ? null : Source.PathOf(left), right.Source.PathOf(other));
        return new(this, right, new JoinSpec
        {
            LeftPath = mine?.Path ?? FieldPath.Id,
            RightPath = theirs.Path,
            Kind = mine?.Kind == theirs.Kind ? theirs.Kind : FieldKind.Default,
            RightWhere = right.Spec.Where,
        });
    }

    /// <summary>Says how the query would be run, without running it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<QueryPlan> ExplainAsync(CancellationToken cancellationToken = default)
    {
        var engine = await Source.EngineAsync(cancellationToken).ConfigureAwait(false);
        return engine.Explain(Spec);
    }

    /// <summary>Writes the JSON form of what is asked for.</summary>
    public override string ToString() => Spec.ToString();

    internal ValueTask<IReadOnlyList<AggregateGroup>> GroupAsync(
        IReadOnlyList<IndexField> groupBy,
        IReadOnlyList<Aggregate> aggregates,
        AggregateReading? reading,
        CancellationToken cancellationToken) => Source.RunAsync(
        Spec,
        engine => engine.AggregateAsync(Spec, groupBy, aggregates, reading, cancellationToken),
        static _ => 0,
        cancellationToken);

    private static FieldValue TagValue(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return FieldValue.From(tag);
    }

    private Query<T> With(QuerySpec spec) => new(Source, spec, Singles);

    private Query<T> Order<TKey>(
        IReadOnlyList<IndexField> before, Expression<Func<T, TKey>> member, bool isDescending)
    {
        ArgumentNullException.ThrowIfNull(member);
        var field = Source.OrderOf(member);
        return With(Spec with { Order = [.. before, field with { IsDescending = isDescending }] });
    }

    private async ValueTask<FieldValue> OneAsync(Aggregate aggregate, CancellationToken cancellationToken)
    {
        var groups = await GroupAsync([], [aggregate], null, cancellationToken).ConfigureAwait(false);
        return groups[0].Values[0];
    }

    private async ValueTask<TValue?> EndAsync<TValue>(
        AggregateFunction function, Expression<Func<T, TValue>> member, CancellationToken cancellationToken)
    {
        var aggregate = Source.AggregateOf(function, member);
        var path = Source.PathOf(member);
        if (!path.IsTextOfTime)
        {
            return AggregateResult.To<TValue>(
                await OneAsync(aggregate, cancellationToken).ConfigureAwait(false), path.TypeInfo);
        }

        var reader = new TimeReader(path.Path);
        var spec = reader.SpecOf(Spec, function == AggregateFunction.Max);
        var found = await Source
            .RunAsync(
                spec, engine => reader.ReadAsync(engine, spec, cancellationToken), static _ => 0, cancellationToken)
            .ConfigureAwait(false);
        return AggregateResult.To<TValue>(found, path.TypeInfo);
    }
}
