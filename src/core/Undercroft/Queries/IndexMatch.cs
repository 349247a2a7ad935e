using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What one index can do for a filter and an order.</summary>
internal static class IndexMatch
{
    /// <summary>The most stretches of one index.</summary>
    public const int RangesMax = 500;

    /// <summary>The most stretches read side by side.</summary>
    public const int MergedMax = 64;

    /// <summary>Tries to use an index; null where it helps with nothing.</summary>
    public static AccessPlan? Try(
        IndexDefinition index, Conjuncts conjuncts, IReadOnlyList<IndexField> order)
    {
        var walk = new Walk(index, conjuncts);
        walk.Bind();
        var direction = walk.DirectionOf(order);
        var score = walk.Score + (order.Count > 0 && direction is not null ? PlanScore.Order : 0);
        if (score == 0)
        {
            return null;
        }

        return new AccessPlan
        {
            Sources = [walk.ToSource(isReverse: direction == true, direction is null ? [] : order)],
            IsOrdered = direction is not null || order.Count == 0,
            Score = score,
        };
    }

    /// <summary>Where the least or greatest value of a field stands in an index; null where it cannot say.</summary>
    public static IndexEnd? Extreme(IndexDefinition index, Conjuncts conjuncts, Aggregate aggregate)
    {
        var walk = new Walk(index, conjuncts);
        walk.Bind();
        return walk.End(aggregate);
    }

    private sealed class Walk(IndexDefinition index, Conjuncts conjuncts)
    {
        private readonly List<Filter> used = [];
        private readonly List<Filter> covered = [];
        private List<byte[]> prefixes = [[]];
        private KeyIntervals? range;
        private int bound;
        private int firstMany = -1;

        public int Score { get; private set; }

        /// <summary>Binds leading fields to single values as far as that goes, then one field to a range.</summary>
        public void Bind()
        {
            for (; bound < index.Fields.Count; bound++)
            {
                var field = index.Fields[bound];
                if (BoundsFor(field) is not { } found)
                {
                    break;
                }

                var (filter, intervals) = (found.Filter, found.Intervals);
                var isWhole = !found.IsImplied && filter.Conditions.All(static condition => condition.IsBound);
                if (!intervals.IsPoints || prefixes.Count * intervals.Count > RangesMax)
                {
                    range = intervals.Hull();
                    Cover(filter, isWhole && !intervals.IsPoints);
                    Score += PlanScore.Range;
                    break;
                }

                prefixes = [.. prefixes.SelectMany(prefix => Points(field, prefix, intervals))];
                Cover(filter, isWhole);
                Score += intervals.Count == 1 ? PlanScore.Point : PlanScore.Points;
                firstMany = intervals.Count > 1 && firstMany < 0 ? bound : firstMany;
            }

            if (index.IsUnique && bound == index.Fields.Count && firstMany < 0)
            {
                Score += PlanScore.Unique;
            }
        }

        /// <summary>Whether a walk gives an order: forward false, backward true, not at all null.</summary>
        public bool? DirectionOf(IReadOnlyList<IndexField> order)
        {
            bool? isReverse = null;
            var at = 0;
            var wanted = order.Where(field => !conjuncts.IsPinned(field)).ToList();

            // Where one of several values comes first, stretches follow each other only if that value leads the order.
            var isMerged = IsMergedFor(wanted);
            for (var i = isMerged ? bound : 0; at < wanted.Count && i < index.Fields.Count; i++)
            {
                var field = index.Fields[i];
                if (field.Path.Equals(wanted[at].Path) && field.Kind == wanted[at].Kind && IsUsedAsBound(field, i))
                {
                    var isOpposite = field.IsDescending != wanted[at].IsDescending;
                    if (isReverse is { } known && known != isOpposite)
                    {
                        return null;
                    }

                    isReverse = isOpposite;
                    at++;
                }
                else if (!conjuncts.IsPinned(field))
                {
                    return null;
                }
            }

            if (at < wanted.Count && wanted[at].Path.Equals(FieldPath.Id) && !isMerged)
            {
                return isReverse is null || isReverse == wanted[at].IsDescending ? wanted[at].IsDescending : null;
            }

            return at == wanted.Count && (!isMerged || prefixes.Count <= MergedMax) ? isReverse ?? false : null;
        }

        public ScanSource ToSource(bool isReverse, IReadOnlyList<IndexField> order) => new()
        {
            Kind = SourceKind.Index,
            Index = index,
            IndexName = index.StorageName,
            Ranges = Ranges(),
            IsReverse = isReverse,
            IsMerged = IsMergedFor([.. order.Where(field => !conjuncts.IsPinned(field))]),
            CanRepeat = bound < index.Fields.Count || prefixes.Count > 1,
            Bounds = Filter.And(used),
            Residual = conjuncts.Without(covered),
        };

        public IndexEnd? End(Aggregate aggregate)
        {
            if (range is not null || prefixes.Count != 1 || bound == index.Fields.Count ||
                covered.Count < conjuncts.All.Count)
            {
                return null;
            }

            var (field, prefix) = (index.Fields[bound], prefixes[0]);
            if (!field.Path.Equals(aggregate.Field!.Path) || field.Kind != aggregate.Field.Kind)
            {
                return null;
            }

            // Neither nulls nor objects count.
            byte first = KeyTag.False, end = KeyTag.Object;
            var (from, before) = field.IsDescending ? ((byte)(~end + 1), (byte)(~first + 1)) : (first, end);
            var isReverse = (aggregate.Function == AggregateFunction.Max) != field.IsDescending;
            var ends = new KeyRange([.. prefix, from], [.. prefix, before], prefix.Length);
            return new(index.StorageName, ends, isReverse, field.IsDescending);
        }

        private static IEnumerable<byte[]> Points(IndexField field, byte[] prefix, KeyIntervals intervals)
        {
            for (var i = 0; i < intervals.Count; i++)
            {
                yield return [.. prefix, .. Directed(intervals[i].From, field.IsDescending)];
            }
        }

        private static byte[] Directed(byte[] key, bool isDescending) =>
            isDescending ? [.. key.Select(static b => (byte)~b)] : key;

        private static KeyRange Range(byte[] prefix, IndexField field, KeyIntervals range)
        {
            // Everything from a bound on includes what begins with it; upside down the same holds of the other bound.
            var (from, before) = range[0];
            if (field.IsDescending)
            {
                var (first, end) = (Directed(before, true), Directed(from, true));
                (from, before) = (KeyIntervals.After(first) ?? [], KeyIntervals.After(end) ?? [0xFF]);
            }

            return new([.. prefix, .. from], [.. prefix, .. before], prefix.Length);
        }

        private void Cover(FieldFilter filter, bool isWhole)
        {
            used.Add(filter);
            if (isWhole)
            {
                covered.Add(filter);
            }
        }

        private Conjuncts.Bound? BoundsFor(IndexField field)
        {
            if (conjuncts.On(field.Path) is not { } found)
            {
                return null;
            }

            // Texts that are times are kept as times: a filter that asks for texts cannot find them there.
            return found.Filter.Kind == field.Kind ||
                (field.Kind == FieldKind.Time && !found.Filter.HasValueOf(FieldValueKind.Text))
                ? found
                : null;
        }

        // Which of several values counts in an order depends on the bounds; they must be those of the walk.
        private bool IsUsedAsBound(IndexField field, int position) =>
            conjuncts.On(field.Path) is not { } found ||
            (!found.IsImplied && found.Filter.Kind == field.Kind &&
                (position < bound || (position == bound && range is not null)));

        private bool IsMergedFor(List<IndexField> wanted) =>
            firstMany >= 0 && wanted.Count > 0 && !wanted[0].Path.Equals(index.Fields[firstMany].Path);

        private List<KeyRange> Ranges()
        {
            List<KeyRange> ranges = [];
            foreach (var prefix in prefixes)
            {
                if (range is null)
                {
                    ranges.Add(new(prefix, KeyIntervals.After(prefix), prefix.Length));
                }
                else if (range.Count > 0)
                {
                    ranges.Add(Range(prefix, index.Fields[bound], range));
                }
            }

            ranges.Sort(static (a, b) => KeyOrder.Bytes.Compare(a.From, b.From));
            return ranges;
        }
    }
}
