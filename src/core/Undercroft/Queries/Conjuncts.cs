using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A filter taken apart into what must hold all at once.</summary>
internal sealed class Conjuncts
{
    private static readonly byte[] Null = FieldValue.Null.Encode();

    private readonly Dictionary<FieldPath, Bound> bounds = [];

    public Conjuncts(Filter filter)
    {
        All = filter is AndFilter all ? all.Filters : [filter];
        foreach (var part in All)
        {
            // Of several filters on one path the first bounds it: different values may meet each of them.
            if (part is FieldFilter field && KeyIntervals.Of(field) is { } intervals)
            {
                _ = bounds.TryAdd(field.Path, new Bound(field, intervals, IsImplied: false));
            }
        }

        foreach (var part in All.OfType<ElementFilter>())
        {
            AddImplied(part.Path.Names, part.Element);
        }
    }

    /// <summary>What bounds a path.</summary>
    /// <param name="Filter">The filter that does.</param>
    /// <param name="Intervals">What it lets through.</param>
    /// <param name="IsImplied">Whether it only follows from one on elements, which must still be judged.</param>
    public sealed record Bound(FieldFilter Filter, KeyIntervals Intervals, bool IsImplied);

    public IReadOnlyList<Filter> All { get; }

    /// <summary>What bounds a path; null where nothing does.</summary>
    public Bound? On(FieldPath path) => bounds.GetValueOrDefault(path);

    /// <summary>The bounds that say which of a field's values counts in an order.</summary>
    public KeyIntervals? BoundsOf(IndexField field) =>
        On(field.Path) is { IsImplied: false } found && found.Filter.Kind == field.Kind ? found.Intervals : null;

    /// <summary>Whether a filter holds a field to one value, so that it orders nothing.</summary>
    public bool IsPinned(IndexField field) => BoundsOf(field) is { IsPoints: true, Count: <= 1 };

    /// <summary>All but some of the parts.</summary>
    public Filter Without(IReadOnlyCollection<Filter> parts) =>
        Filter.And(All.Where(part => !parts.Contains(part, ReferenceEqualityComparer.Instance)));

    // An element that meets a condition has the value on the path through it. Null says nothing: it stands for no
    // element as well.
    private void AddImplied(IReadOnlyList<string> names, Filter element)
    {
        foreach (var part in element is AndFilter all ? all.Filters : [element])
        {
            if (part is FieldFilter { Path.IsRecordField: false } field && KeyIntervals.Of(field) is { } intervals &&
                !intervals.Contains(Null) && names.Count + field.Path.Names.Count <= FieldPath.DepthMax)
            {
                var through = new FieldFilter(FieldPath.Of([.. names, .. field.Path.Names]), field.Conditions);
                _ = bounds.TryAdd(through.Path, new Bound(through, intervals, IsImplied: true));
            }
        }
    }
}
