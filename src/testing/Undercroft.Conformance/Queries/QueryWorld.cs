using System.Text;
using System.Text.Json;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Conformance.Queries;

/// <summary>A collection on the store under test, and beside it what it must hold, as plain documents.</summary>
internal sealed class QueryWorld
{
    public QueryWorld(Storage storage, string name, Random random)
    {
        Random = random;
        Storage = storage;
        Maker = new QueryMaker(random);
        Indexes = Maker.Indexes();
        Repository = storage.Repository(Indexes.Aggregate(
            new CollectionDefinition<RawJson>(name, RawJson.Codec),
            static (definition, index) => definition.WithIndex(index)));
    }

    public Storage Storage { get; }

    public Random Random { get; }

    public QueryMaker Maker { get; }

    public List<IndexDefinition> Indexes { get; }

    public IRepository<RawJson> Repository { get; }

    public Dictionary<string, PlainDocument> Documents { get; } = new(StringComparer.Ordinal);

    public async Task<QueryEngine> EngineAsync(CancellationToken cancellationToken)
    {
        await Storage.PrepareAsync(Repository.Definition, cancellationToken);
        return new QueryEngine(Storage.Store, Repository.Definition.Name, Indexes);
    }

    /// <summary>Writes or deletes one document, and expects to be refused exactly where the documentation says.
    /// </summary>
    /// <param name="id">The document; null takes one by chance.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(string? id, CancellationToken cancellationToken)
    {
        id ??= Maker.NewId();
        if (Random.Next(5) == 0)
        {
            Assert.Equal(Documents.Remove(id), await Repository.DeleteAsync(id, cancellationToken: cancellationToken));
            return;
        }

        var text = Maker.Document();
        var options = new WriteOptions
        {
            Tags = Maker.SomeTags(),
            TimeToLive = Random.Next(4) == 0 ? TimeSpan.FromDays(1 + Random.Next(100_000)) : Timeout.InfiniteTimeSpan,
        };
        var json = JsonDocument.Parse(text).RootElement;
        var refusal = RefusalOf(id, new PlainDocument(json));
        try
        {
            var written = await Repository.UpsertAsync(id, RawJson.FromText(text), options, cancellationToken);
            Assert.True(refusal is null, $"{id} must be refused as {refusal}: {text}");
            Documents[id] = new PlainDocument(json, written);
        }
        catch (StoreException error)
        {
            Assert.True(refusal == error.Kind, $"{id} must give {refusal}, gave {error.Message}: {text}");
        }
    }

    /// <summary>The ids a filter wants.</summary>
    public HashSet<string> Matches(PlainFilter filter) =>
        [.. Documents.Where(pair => filter.Holds(pair.Value)).Select(static pair => pair.Key)];

    /// <summary>Compares two documents by an order, as far as it goes.</summary>
    public int Compare(
        List<(PlainPath Path, bool IsTime, bool IsDown)> order, PlainFilter filter, string left, string right)
    {
        foreach (var (path, isTime, isDown) in order)
        {
            var result = First(left).CompareTo(First(right));
            if (result != 0)
            {
                return isDown ? -result : result;
            }

            PlainValue First(string id)
            {
                var values = Counting(Documents[id], path, isTime, filter);
                values.Sort(static (a, b) => a.CompareTo(b));
                return isDown ? values[^1] : values[0];
            }
        }

        return 0;
    }

    /// <summary>The values an order looks at: those the filter asks for, where it bounds the field.</summary>
    private static List<PlainValue> Counting(PlainDocument document, PlainPath path, bool isTime, PlainFilter filter)
    {
        var values = document.ValuesOf(path, isTime);
        var bounding = filter.Conditions
            .FirstOrDefault(part => part.Path.Text == path.Text && part.Parts.Any(static one => one.IsBound));
        return bounding is null || bounding.IsTime != isTime
            ? values
            : values.FindAll(value => Array.TrueForAll(bounding.Parts, one => !one.IsBound || one.Meets(value)));
    }

    private StoreErrorKind? RefusalOf(string id, PlainDocument document)
    {
        foreach (var index in Indexes)
        {
            var values = index.Fields.Select(field => Distinct(ValuesOf(document, field))).ToList();
            if (values.Count(static one => one.Count > 1) > 1)
            {
                return StoreErrorKind.Malformed;
            }

            if (values.Any(static one => one.Any(static value => Encoding.UTF8.GetByteCount(value.Text) > 2_000)))
            {
                return StoreErrorKind.LimitExceeded;
            }
        }

        return Indexes.Any(index => index.IsUnique && Documents.Any(other =>
            other.Key != id && Collide(index.Fields, document, other.Value))) ? StoreErrorKind.Conflict : null;
    }

    private static List<PlainValue> Distinct(List<PlainValue> values) =>
        [.. values.Where((value, i) => values.FindIndex(other => other.CompareTo(value) == 0) == i)];

    private static bool Collide(IReadOnlyList<IndexField> fields, PlainDocument left, PlainDocument right) =>
        fields.All(field =>
            ValuesOf(left, field)[0] is var value && value.Rank != PlainValue.Null &&
            value.CompareTo(ValuesOf(right, field)[0]) == 0);

    private static List<PlainValue> ValuesOf(PlainDocument document, IndexField field) => document.ValuesOf(
        new PlainPath(field.Path.ToString(), [.. field.Path.Names]), field.Kind == FieldKind.Time);
}
