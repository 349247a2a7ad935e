using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Reads the first or the last time of a member as a document has it: an index keeps the instant, and not
/// whether it was written with an offset.</summary>
internal sealed class TimeReader(FieldPath path)
{
    /// <summary>The documents that have one, the one wanted first.</summary>
    public QuerySpec SpecOf(QuerySpec spec, bool isLast) => spec with
    {
        Where = Filter.And(
            spec.Where,
            new FieldFilter(
                path, [new(ConditionOperator.GreaterOrEqual, FieldValue.From(DateTimeOffset.MinValue))])),
        Order = [new IndexField(path, FieldKind.Time, isLast)],
        Limit = 1,
        After = null,
    };

    /// <summary>The first document's value; null where there is no document.</summary>
    public async ValueTask<FieldValue> ReadAsync(
        QueryEngine engine, QuerySpec spec, CancellationToken cancellationToken)
    {
        await foreach (var record in engine.StreamAsync(spec, cancellationToken).ConfigureAwait(false))
        {
            return Read(record);
        }

        return FieldValue.Null;
    }

    private FieldValue Read(StoreRecord record)
    {
        var slots = new SlotList();
        var slot = slots.Of(path, FieldKind.Default);
        var probe = slots.ToProbe();
        var captures = probe.Rent();
        probe.Run(record, captures);
        var capture = captures.First(slot);
        return capture < 0 ? FieldValue.Null : IndexKeyReader.Decode(captures.Value(capture));
    }
}
