using Undercroft.Backends;

namespace Undercroft.Queries;

/// <summary>One query on its way: the plan chosen, the gates made, the place to begin at known.</summary>
internal sealed class QueryRun
{
    private readonly IStore store;
    private readonly string collection;
    private readonly QueryOptions options;
    private readonly AccessPlan plan;
    private readonly RowGate[] gates;

    public QueryRun(IStore store, string collection, QueryOptions options, AccessPlan plan)
    {
        this.store = store;
        this.collection = collection;
        this.options = options;
        this.plan = plan;
        gates =
        [
            .. plan.Sources.Select((source, i) => new RowGate(source, plan.Earlier.Count > 0 ? plan.Earlier[i] : null)),
        ];
    }

    public QueryMeter Meter { get; } = new();

    public AccessPlan Plan => plan;

    /// <summary>Whether what the sources find needs no look into the documents, unless it comes twice.</summary>
    public bool IsCovered => gates is [{ Judges: false }];

    /// <summary>Opens a walk of the rows behind a place.</summary>
    public IRowCursor Open(RowPlace? after, RecordDetail detail)
    {
        var first = after?.Source ?? 0;
        List<Func<IRowCursor>> parts = [];
        for (var i = first; i < plan.Sources.Count; i++)
        {
            var (source, place) = (i, i == first ? after : null);
            parts.Add(() => Gated(source, place, detail));
        }

        var walk = parts.Count == 1 ? parts[0]() : new ChainCursor(parts);
        return options.Overlay is { Count: > 0 } overlay
            ? new OverlayCursor(walk, Overlaid(overlay, after), source => plan.Sources[source].IsReverse)
            : walk;
    }

    private GateCursor Gated(int source, RowPlace? after, RecordDetail detail) =>
        new(OpenSource(source, after, detail), gates[source], options, Meter);

    private IRowCursor OpenSource(int number, RowPlace? after, RecordDetail detail)
    {
        var source = plan.Sources[number];
        if (source.Kind == SourceKind.Ids)
        {
            return new IdsCursor(
                store, collection, source, after, new ReadOptions { Detail = detail, Now = options.Now }, number);
        }

        var request = new ScanRequest
        {
            Collection = collection,
            Range = source.IdRange,
            IsReverse = source.IsReverse,
            Detail = detail,
            Now = options.Now,
        };
        if (source.Kind == SourceKind.IdRange)
        {
            var position = after is null ? null : new ScanPosition(default, after.Id);
            return new RangeCursor(store, request with { After = position }, number, 0);
        }

        var parts = (source.IsReverse ? source.Ranges.Reverse() : source.Ranges)
            .Select(range => RequestFor(request, source, range, after) is { } made
                ? () => new RangeCursor(store, made, number, source.IsMerged ? range.PrefixLength : 0)
                : (Func<IRowCursor>?)null)
            .OfType<Func<IRowCursor>>()
            .ToList();
        return parts.Count == 1 ? parts[0]()
            : source.IsMerged ? new MergeCursor([.. parts.Select(static part => part())], source.IsReverse)
            : new ChainCursor(parts);
    }

    // Null where the whole stretch lies before the place.
    private static ScanRequest? RequestFor(ScanRequest request, ScanSource source, KeyRange range, RowPlace? after)
    {
        // No bound is no value: an array that is null would turn into an empty bound.
        var before = range.Before is { } end ? new ReadOnlyMemory<byte>(end) : default(ReadOnlyMemory<byte>?);
        var made = request with { Range = ScanRange.Keys(source.IndexName!, range.From, before) };
        if (after is null)
        {
            return made;
        }

        byte[] key = source.IsMerged
            ? [.. range.From.AsSpan(0, range.PrefixLength), .. after.Position.Span]
            : after.Position.ToArray();
        var isBelow = key.AsSpan().SequenceCompareTo(range.From) < 0;
        var isAbove = range.Before is not null && key.AsSpan().SequenceCompareTo(range.Before) >= 0;
        return (source.IsReverse ? isBelow : isAbove) ? null
            : isBelow || isAbove ? made
            : made with { After = new ScanPosition(key, after.Id) };
    }

    // The uncommitted records the query wants, each in its place, in order.
    private Queue<Row> Overlaid(IReadOnlyDictionary<string, StoreRecord?> overlay, RowPlace? after)
    {
        List<Row> rows = [];
        foreach (var record in overlay.Values)
        {
            if (record is not null && (options.Now is not { } now || record.IsLiveAt(now)) &&
                Place(record) is { } row &&
                (after is null || RowOrder.Compare(row, after, plan.Sources[row.Source].IsReverse) > 0))
            {
                rows.Add(row);
            }
        }

        rows.Sort((a, b) => RowOrder.Compare(a, b, plan.Sources[a.Source].IsReverse));
        return new Queue<Row>(rows);
    }

    private Row? Place(StoreRecord record)
    {
        for (var i = 0; i < gates.Length; i++)
        {
            if (IsWithin(plan.Sources[i], record.Key.Id) &&
                gates[i].Place(record, i) is { } row && gates[i].Meets(record))
            {
                return row;
            }
        }

        return null;
    }

    private static bool IsWithin(ScanSource source, string id) => source.Kind switch
    {
        SourceKind.Ids => source.Ids.Contains(id, StringComparer.Ordinal),
        SourceKind.IdRange =>
            IdBounds.Of(source.IdRange) is var bounds && !bounds.IsBelow(id) && !bounds.IsAbove(id),
        _ => true,
    };
}
