using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Which encoded values a filter lets through: stretches of the one order, disjoint and sorted.</summary>
/// <remarks>Either all are points, single values, or there is at most one. Immutable.</remarks>
internal sealed class KeyIntervals
{
    // Above every tag.
    private static readonly byte[] End = [0xFF];

    private readonly (byte[] From, byte[] Before)[] intervals;

    private KeyIntervals((byte[] From, byte[] Before)[] intervals, bool isPoints)
    {
        this.intervals = intervals;
        IsPoints = isPoints;
    }

    public static KeyIntervals All { get; } = new([([], End)], isPoints: false);

    /// <summary>Whether each is a single value; so too where there is none.</summary>
    public bool IsPoints { get; }

    public int Count => intervals.Length;

    public (byte[] From, byte[] Before) this[int index] => intervals[index];

    /// <summary>What all bounding conditions of a filter let through; null where none of them bounds.</summary>
    public static KeyIntervals? Of(FieldFilter filter)
    {
        KeyIntervals? all = null;
        foreach (var condition in filter.Conditions)
        {
            if (condition.IsBound)
            {
                all = all is null ? Of(condition) : all.Intersect(Of(condition));
            }
        }

        return all;
    }

    /// <summary>One stretch from the first to the last.</summary>
    public KeyIntervals Hull() =>
        intervals.Length < 2 ? this : new([(intervals[0].From, intervals[^1].Before)], isPoints: false);

    /// <summary>The stretches as those of an index over one field.</summary>
    public IEnumerable<KeyRange> ToRanges() =>
        intervals.Select(static interval => new KeyRange(interval.From, interval.Before, 0));

    public bool Contains(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, intervals.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value.SequenceCompareTo(intervals[middle].From) < 0)
            {
                high = middle - 1;
            }
            else if (value.SequenceCompareTo(intervals[middle].Before) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The least bytes above everything that begins with some; null where there are none.</summary>
    public static byte[]? After(ReadOnlySpan<byte> prefix)
    {
        var end = prefix.LastIndexOfAnyExcept((byte)0xFF);
        if (end < 0)
        {
            return null;
        }

        var after = prefix[..(end + 1)].ToArray();
        after[end]++;
        return after;
    }

    private static KeyIntervals Of(Condition condition)
    {
        if (condition.Operator is ConditionOperator.In or ConditionOperator.Equal)
        {
            var points = condition.Values
                .Select(static value => value.Encode())
                .Select(static key => (From: key, Before: After(key)!))
                .OrderBy(static point => point.From, KeyOrder.Bytes)
                .ToList();
            var distinct = points.Where((p, i) => i == 0 || !p.From.AsSpan().SequenceEqual(points[i - 1].From));
            return new([.. distinct], isPoints: true);
        }

        var value = condition.Value.Encode();
        var (first, end) = StretchOf(condition.Value.Kind);
        var (from, before) = condition.Operator switch
        {
            ConditionOperator.Less => (first, value),
            ConditionOperator.LessOrEqual => (first, After(value)!),
            ConditionOperator.Greater => (After(value)!, end),
            ConditionOperator.GreaterOrEqual => (value, end),
            _ => (value[..^1], After(value.AsSpan(..^1))!),
        };
        return One(from, before);
    }

    private static KeyIntervals One(byte[] from, byte[] before) =>
        new(from.AsSpan().SequenceCompareTo(before) < 0 ? [(from, before)] : [], isPoints: false);

    private static (byte[] First, byte[] End) StretchOf(FieldValueKind kind) => kind switch
    {
        FieldValueKind.Boolean => ([KeyTag.False], [KeyTag.True + 1]),
        FieldValueKind.Number => ([KeyTag.Negative], [KeyTag.Positive + 1]),
        FieldValueKind.Text => ([KeyTag.String], [KeyTag.String + 1]),
        FieldValueKind.Time => ([KeyTag.Time], [KeyTag.Time + 1]),
        _ => ([KeyTag.Null], [KeyTag.Null + 1]),
    };

    private KeyIntervals Intersect(KeyIntervals other)
    {
        if (IsPoints || other.IsPoints)
        {
            var (points, filter) = IsPoints ? (this, other) : (other, this);
            return new([.. points.intervals.Where(point => filter.Contains(point.From))], isPoints: true);
        }

        if (Count == 0 || other.Count == 0)
        {
            return new([], isPoints: false);
        }

        var (a, b) = (intervals[0], other.intervals[0]);
        return One(
            KeyOrder.Bytes.Compare(a.From, b.From) > 0 ? a.From : b.From,
            KeyOrder.Bytes.Compare(a.Before, b.Before) < 0 ? a.Before : b.Before);
    }
}
