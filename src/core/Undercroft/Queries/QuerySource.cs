using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Where a typed query gets its documents: a collection, on a storage or in a transaction.</summary>
internal sealed class QuerySource<T>(
    CollectionDefinition<T> definition, IDocumentScope scope, Action<string, StoreException>? unreadable = null)
{
    public CollectionDefinition<T> Definition { get; } = definition;

    /// <summary>How the type is written.</summary>
    /// <exception cref="NotSupportedException">The collection's codec does not say.</exception>
    public JsonTypeInfo TypeInfo => Definition.Codec.TypeInfo ?? throw new NotSupportedException(
        $"The collection {Names.Show(Definition.Name)} does not say how {typeof(T).Name} is written, so that " +
        "expressions cannot be read. Use a Filter, the JSON form or paths as text.");

    /// <summary>Makes an engine that sees what the scope sees now.</summary>
    public async ValueTask<QueryEngine> EngineAsync(CancellationToken cancellationToken)
    {
        var indexes = await scope.Storage.Catalog
            .GetForQueryAsync(Definition.Shape, cancellationToken)
            .ConfigureAwait(false);
        return new QueryEngine(
            Definition.Form.View(scope.Storage.Store, Definition.Name, indexes.Schema),
            Definition.Name,
            Definition.Form.Usable(indexes),
            scope.Buffer is null && unreadable is null
                ? null
                : new QueryOptions { Overlay = scope.Buffer?.OverlayOf(Definition.Name), Unreadable = unreadable });
    }

    /// <summary>The same, passing over what cannot be read.</summary>
    public QuerySource<T> PassingOver(Action<string, StoreException> handler) => new(Definition, scope, handler);

    public Document<T> Decode(StoreRecord record)
    {
        // What a query returned is checked at the commit, document by document; pending writes are its own.
        if (scope.Buffer is { } buffer && !buffer.TryFind(record.Key, out _))
        {
            buffer.Remember(record.Key, record.Revision);
        }

        return Definition.Decode(record);
    }

    /// <summary>Reads records, those passed over left out.</summary>
    public Document<T>[] Decode(IReadOnlyList<StoreRecord> records)
    {
        var items = new Document<T>[records.Count];
        var count = 0;
        foreach (var record in records)
        {
            if (DecodeOrTell(record) is { } document)
            {
                items[count++] = document;
            }
        }

        return count == items.Length ? items : items[..count];
    }

    /// <summary>Runs one query, counted, timed and reported where it is slow.</summary>
    public async ValueTask<TResult> RunAsync<TResult>(
        QuerySpec spec,
        Func<QueryEngine, ValueTask<TResult>> run,
        Func<TResult, int> found,
        CancellationToken cancellationToken)
    {
        var meter = scope.Storage.Meter;
        var operation = meter.Begin(StorageOperation.Query);
        try
        {
            var engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
            var result = await run(engine).ConfigureAwait(false);
            meter.Queried(Definition.Name, operation, () => $"{spec with { After = null }}: {engine.Explain(spec)}");
            meter.Succeed(operation, found(result));
            return result;
        }
        catch (Exception error)
        {
            meter.Fail(operation, error);
            throw;
        }
    }

    /// <summary>Streams one query, counted, timed and reported where it is slow, also where its reader stops
    /// early.</summary>
    public async IAsyncEnumerable<Document<T>> StreamAsync(
        QuerySpec spec, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = new StreamWatch(scope.Storage.Meter, Definition.Name);
        try
        {
            var engine = await watch.RunAsync(() => EngineAsync(cancellationToken)).ConfigureAwait(false);
            watch.Plan = () => $"{spec with { After = null }}: {engine.Explain(spec)}";
            var rows = engine.StreamAsync(spec, cancellationToken).GetAsyncEnumerator(cancellationToken);
            Func<ValueTask<Document<T>?>> next = () => NextAsync(rows);
            await using (rows.ConfigureAwait(false))
            {
                while (await watch.RunAsync(next).ConfigureAwait(false) is { } document)
                {
                    watch.Found++;
                    yield return document;
                }
            }
        }
        finally
        {
            watch.End();
        }
    }

    public MemberPath PathOf(LambdaExpression selector) => FilterTranslator.PathOf(selector, TypeInfo);

    /// <summary>The field to order by, upwards.</summary>
    /// <exception cref="NotSupportedException">The JSON orders it otherwise than .NET.</exception>
    public IndexField OrderOf(LambdaExpression selector)
    {
        var path = PathOf(selector);
        MemberForm.CheckOrder(path.ValueType, selector.Body);
        return new IndexField(path.Path, path.Kind);
    }

    /// <summary>The aggregate over a member.</summary>
    /// <exception cref="NotSupportedException">It is not written as what can be added up, or ordered.</exception>
    public Aggregate AggregateOf(AggregateFunction function, LambdaExpression selector)
    {
        ArgumentNullException.ThrowIfNull(selector, "member");
        var path = PathOf(selector);
        if (function is AggregateFunction.Sum or AggregateFunction.Average)
        {
            MemberForm.CheckNumber(path.ValueType, selector.Body);
        }
        else
        {
            MemberForm.CheckOne(path.TypeInfo, selector.Body);
            MemberForm.CheckOrder(path.TypeInfo, selector.Body);
        }

        return Aggregate.Of(function, new IndexField(path.Path, path.Kind));
    }

    /// <summary>The member to group by.</summary>
    /// <exception cref="NotSupportedException">Its values are no keys.</exception>
    public MemberPath GroupOf<TKey>(Expression<Func<T, TKey>> selector)
    {
        var path = PathOf(selector);
        MemberForm.CheckOne(path.TypeInfo, selector.Body);
        MemberForm.CheckEquality(path.TypeInfo, selector.Body);
        return default(TKey) is null || Nullable.GetUnderlyingType(path.TypeInfo.Type) is null
            ? path
            : throw FilterTranslator.Unsupported(
                selector.Body, $"the member itself to group by, for {typeof(TKey).Name} has no group for null");
    }

    private Document<T>? DecodeOrTell(StoreRecord record)
    {
        try
        {
            return Decode(record);
        }
        catch (StoreException error) when (unreadable is not null && error.Kind == StoreErrorKind.Malformed)
        {
            unreadable(record.Key.Id, error);
            return null;
        }
    }

    // The next document that can be read; null at the end.
    private async ValueTask<Document<T>?> NextAsync(IAsyncEnumerator<StoreRecord> rows)
    {
        while (await rows.MoveNextAsync().ConfigureAwait(false))
        {
            if (DecodeOrTell(rows.Current) is { } document)
            {
                return document;
            }
        }

        return null;
    }
}
