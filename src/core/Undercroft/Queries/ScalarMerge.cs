using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Joins conditions on members with one value: <c>x.Score >= 3 &amp;&amp; x.Score &lt; 9</c> bounds one range.
/// </summary>
internal static class ScalarMerge
{
    public static Filter And(Filter left, Filter right, Func<FieldPath, bool> isSingle)
    {
        List<Filter> parts = [.. new Conjuncts(left).All];
        foreach (var part in new Conjuncts(right).All)
        {
            var at = part is FieldFilter field && isSingle(field.Path)
                ? parts.FindIndex(other => other is FieldFilter known && known.Path.Equals(field.Path))
                : -1;
            if (at < 0)
            {
                parts.Add(part);
            }
            else
            {
                var known = (FieldFilter)parts[at];
                parts[at] = new FieldFilter(known.Path, [.. known.Conditions, .. ((FieldFilter)part).Conditions]);
            }
        }

        return Filter.And(parts);
    }
}
