using Undercroft.Backends;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Lists the ways to answer a query, the best first. The choice depends on the filter, the order and the
/// indexes there are, never on the data: the same query always runs the same way.</summary>
internal sealed class Planner(IReadOnlyList<IndexDefinition> indexes)
{
    private const int UnionMax = 32;

    /// <summary>All ways, the best first: more points, then fewer fields in the index, then its name.</summary>
    public IReadOnlyList<AccessPlan> Plans(Filter filter, IReadOnlyList<IndexField> order)
    {
        var plans = Single(new Conjuncts(filter), order);
        plans.AddRange(Unions(filter, order));
        return
        [
            .. plans.OrderByDescending(static plan => plan.Score)
                .ThenBy(static plan => plan.Sources[0].Index?.Fields.Count ?? 0)
                .ThenBy(static plan => plan.Sources[0].Index?.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Finds the stretch of an index whose first key has the least or greatest value; null where no index
    /// decides.</summary>
    public IndexEnd? Extreme(Filter where, Aggregate aggregate)
    {
        var conjuncts = new Conjuncts(where);
        return indexes
            .Select(index => IndexMatch.Extreme(index, conjuncts, aggregate))
            .FirstOrDefault(static end => end is not null);
    }

    private List<AccessPlan> Single(Conjuncts conjuncts, IReadOnlyList<IndexField> order)
    {
        List<AccessPlan> plans = [];
        foreach (var index in indexes)
        {
            if (IndexMatch.Try(index, conjuncts, order) is { } plan)
            {
                plans.Add(plan);
            }
        }

        if (ByTag(conjuncts, order) is { } byTag)
        {
            plans.Add(byTag);
        }

        plans.Add(ById(conjuncts, order));
        return plans;
    }

    private IEnumerable<AccessPlan> Unions(Filter filter, IReadOnlyList<IndexField> order)
    {
        var all = new Conjuncts(filter).All;
        foreach (var some in all.OfType<OrFilter>().Where(static some => some.Filters.Count <= UnionMax))
        {
            var rest = all.Where(part => !ReferenceEquals(part, some)).ToList();
            List<AccessPlan> parts = [];
            foreach (var branch in some.Filters)
            {
                var best = Single(new Conjuncts(Filter.And([branch, .. rest])), []).MaxBy(static plan => plan.Score)!;
                if (best.Score < PlanScore.Range)
                {
                    break;
                }

                parts.Add(best);
            }

            if (parts.Count == some.Filters.Count)
            {
                yield return new AccessPlan
                {
                    Sources = [.. parts.Select(static part => part.Sources[0])],
                    Earlier = [.. parts.Select((_, i) => i == 0 ? Filter.All : Filter.Or(some.Filters.Take(i)))],
                    IsOrdered = order.Count == 0,
                    Score = parts.Min(static part => part.Score) + PlanScore.Union,
                };
            }
        }
    }

    private static AccessPlan? ByTag(Conjuncts conjuncts, IReadOnlyList<IndexField> order)
    {
        // Records without tags are not in the index of tags.
        if (conjuncts.On(FieldPath.Tags) is not { Filter.Kind: FieldKind.Default } found ||
            found.Intervals.Contains(FieldValue.Null.Encode()))
        {
            return null;
        }

        var isMany = found.Intervals.Count > IndexMatch.RangesMax;
        var bounds = isMany ? found.Intervals.Hull() : found.Intervals;
        var isWhole = !isMany && found.Filter.Conditions.All(static condition => condition.IsBound);
        var isOne = bounds is { IsPoints: true, Count: <= 1 };
        var wanted = order.Where(field => !conjuncts.IsPinned(field)).ToList();
        var isOrdered = wanted.Count == 0 || (isOne && wanted[0].Path.Equals(FieldPath.Id));
        return new AccessPlan
        {
            Sources =
            [
                new ScanSource
                {
                    Kind = SourceKind.Index,
                    IndexName = TagSet.IndexName,
                    Ranges = [.. bounds.ToRanges()],
                    CanRepeat = !isOne,
                    IsReverse = isOrdered && wanted.Count > 0 && wanted[0].IsDescending,
                    Bounds = found.Filter,
                    Residual = conjuncts.Without(isWhole ? [found.Filter] : []),
                },
            ],
            IsOrdered = isOrdered,
            Score = (isOne ? PlanScore.Point : bounds.IsPoints ? PlanScore.Points : PlanScore.Range) +
                (isOrdered && order.Count > 0 ? PlanScore.Order : 0),
        };
    }

    private static AccessPlan ById(Conjuncts conjuncts, IReadOnlyList<IndexField> order)
    {
        var wanted = order.Where(field => !conjuncts.IsPinned(field)).ToList();
        var isOrdered = wanted.Count == 0 || wanted[0].Path.Equals(FieldPath.Id);
        var source = new ScanSource
        {
            Kind = SourceKind.IdRange,
            IsReverse = isOrdered && wanted.Count > 0 && wanted[0].IsDescending,
            Residual = Filter.And(conjuncts.All),
        };
        var score = order.Count > 0 && isOrdered ? PlanScore.Order : 0;
        if (conjuncts.On(FieldPath.Id) is { Filter.Kind: FieldKind.Default } found)
        {
            var isWhole = found.Filter.Conditions.All(static condition => condition.IsBound);
            source = source with
            {
                Bounds = found.Filter,
                Residual = conjuncts.Without(isWhole ? [found.Filter] : []),
            };
            if (found.Intervals.IsPoints)
            {
                source = source with { Kind = SourceKind.Ids, Ids = Texts(found.Intervals) };
                score += PlanScore.Ids;
            }
            else
            {
                source = RangeOf(found.Filter) is { } range
                    ? source with { IdRange = range }
                    : source with { Kind = SourceKind.Ids };
                score += PlanScore.IdRange;
            }
        }

        return new AccessPlan { Sources = [source], IsOrdered = isOrdered, Score = score };
    }

    // Ids are texts: other points are ids of nothing.
    private static List<string> Texts(KeyIntervals points) =>
    [
        .. Enumerable.Range(0, points.Count)
            .Select(i => IndexKeyReader.Decode(points[i].From))
            .Where(static value => value is { Kind: FieldValueKind.Text, Text.Length: > 0 })
            .Select(static value => value.Text),
    ];

    // Null where nothing can be in it: an id is neither above nor below what is no text.
    private static ScanRange? RangeOf(FieldFilter filter)
    {
        var (from, before) = ("", (string?)null);
        foreach (var condition in filter.Conditions.Where(static c => c.IsBound && c.Operator != ConditionOperator.In))
        {
            if (condition.Value.Kind != FieldValueKind.Text)
            {
                return null;
            }

            var text = condition.Value.Text;
            var (low, high) = condition.Operator switch
            {
                ConditionOperator.Less => ("", text),
                ConditionOperator.LessOrEqual => ("", Next(text)),
                ConditionOperator.Greater => (Next(text), null),
                ConditionOperator.GreaterOrEqual => (text, null),
                _ => (text, IdBounds.Of(ScanRange.Prefix(text)).Before),
            };
            from = Utf8Order.Compare(low, from) > 0 ? low : from;
            before = high is not null && (before is null || Utf8Order.Compare(high, before) < 0) ? high : before;
        }

        return ScanRange.Ids(from.Length == 0 ? null : from, before);
    }

    // The least id above an id: none has U+0000 in it.
    private static string Next(string id) => id + '\u0001';
}
