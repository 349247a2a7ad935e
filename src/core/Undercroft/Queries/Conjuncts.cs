using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A filter taken apart into what must hold all at once.</summary>
internal sealed class Conjuncts
{
    private readonly Dictionary<FieldPath, (FieldFilter Filter, KeyIntervals Bounds)> bounds = [];

    public Conjuncts(Filter filter)
    {
        All = filter is AndFilter all ? all.Filters : [filter];
        foreach (var part in All)
        {
            // Of several filters on one path the first bounds it: different values may meet each of them.
            if (part is FieldFilter field && KeyIntervals.Of(field) is { } intervals)
            {
                _ = bounds.TryAdd(field.Path, (field, intervals));
            }
        }
    }

    public IReadOnlyList<Filter> All { get; }

    /// <summary>The filter that bounds a path, with its bounds; null where none does.</summary>
    public (FieldFilter Filter, KeyIntervals Bounds)? On(FieldPath path) =>
        bounds.TryGetValue(path, out var found) ? found : null;

    /// <summary>The bounds that say which of a field's values counts in an order.</summary>
    public KeyIntervals? BoundsOf(IndexField field) =>
        On(field.Path) is { } found && found.Filter.Kind == field.Kind ? found.Bounds : null;

    /// <summary>Whether a filter holds a field to one value, so that it orders nothing.</summary>
    public bool IsPinned(IndexField field) => BoundsOf(field) is { IsPoints: true, Count: <= 1 };

    /// <summary>All but some of the parts.</summary>
    public Filter Without(IReadOnlyCollection<Filter> parts) =>
        parts.Count == 0 ? Filter.And(All) : Filter.And(All.Where(part => !parts.Contains(part, ReferenceEqualityComparer.Instance)));
}
