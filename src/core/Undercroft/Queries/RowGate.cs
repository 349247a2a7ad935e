using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Judges what a source finds: what the source does not decide, what an earlier source found, what was found
/// before. Immutable, for many threads.</summary>
internal sealed class RowGate
{
    private readonly EntryPicker? picker;
    private readonly FieldProbe? probe;
    private readonly FilterProgram? residual;
    private readonly FilterProgram? earlier;

    public RowGate(ScanSource source, Filter? earlierFilter)
    {
        picker = source.Kind == SourceKind.Index ? new EntryPicker(source) : null;
        var slots = new SlotList();
        residual = ReferenceEquals(source.Residual, Filter.All) ? null : FilterProgram.Compile(source.Residual, slots);
        earlier = earlierFilter is null || ReferenceEquals(earlierFilter, Filter.All)
            ? null
            : FilterProgram.Compile(earlierFilter, slots);
        probe = residual is null && earlier is null ? null : slots.ToProbe();
    }

    /// <summary>Whether records are judged at all: else everything found counts, unless it may come twice.</summary>
    public bool Judges => probe is not null;

    public bool Lets(Row row) => IsFirst(row) && Meets(row.Record);

    /// <summary>Says whether a record meets what is left of the filter.</summary>
    public bool Meets(StoreRecord record)
    {
        if (probe is null)
        {
            return true;
        }

        var captures = probe.Rent();
        probe.Run(record, captures);
        var holds =
            residual?.Holds(captures, record.Key, record.Value.Span) != false &&
            earlier?.Holds(captures, record.Key, record.Value.Span) != true;
        probe.Return(captures);
        return holds;
    }

    /// <summary>Where a record that was not read from the store belongs; null where the source would not find it.
    /// </summary>
    public Row? Place(StoreRecord record, int source) =>
        picker is null ? new Row(record, default, default, source)
        : picker.Pick(record) is { } entry ? new Row(record, entry.Key, entry.Position, source)
        : null;

    private bool IsFirst(Row row) =>
        picker is null || !picker.MayRepeat(row.Record) ||
        (picker.Pick(row.Record) is { } entry && entry.Key.Span.SequenceEqual(row.Key.Span));
}
