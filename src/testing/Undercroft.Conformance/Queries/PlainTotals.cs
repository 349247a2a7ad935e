using System.Numerics;
using Undercroft.Queries;

namespace Undercroft.Conformance.Queries;

/// <summary>Groups and aggregates of documents, in the plainest way.</summary>
internal static class PlainTotals
{
    /// <summary>The groups documents are in: one for each combination of the values of the fields.</summary>
    public static List<(List<PlainValue> Key, List<PlainDocument> Documents)> Group(
        IEnumerable<PlainDocument> documents, IReadOnlyList<PlainPath> by)
    {
        var groups = new List<(List<PlainValue> Key, List<PlainDocument> Documents)>();
        if (by.Count == 0)
        {
            groups.Add(([], []));
        }

        foreach (var document in documents)
        {
            foreach (var key in KeysOf(document, by))
            {
                var at = groups.FindIndex(group => Compare(group.Key, key) == 0);
                if (at < 0)
                {
                    at = groups.Count;
                    groups.Add((key, []));
                }

                if (groups[at].Documents.LastOrDefault() != document)
                {
                    groups[at].Documents.Add(document);
                }
            }
        }

        groups.Sort(static (a, b) => Compare(a.Key, b.Key));
        return groups;
    }

    /// <summary>What an aggregate comes to; null where the average cannot be told exactly.</summary>
    public static bool Agrees(
        AggregateFunction function, PlainPath path, List<PlainDocument> documents, PlainValue found)
    {
        var values = documents.SelectMany(document => document.ValuesOf(path)).ToList();
        var numbers = values.Where(static value => value.Rank == PlainValue.Numeric).ToList();
        var ends = values.Where(static value => value.Rank is not (PlainValue.Null or PlainValue.Object)).ToList();
        ends.Sort(static (a, b) => a.CompareTo(b));
        var sum = numbers.Aggregate(new PlainValue(PlainValue.Numeric), PlainValue.Add);
        return function switch
        {
            AggregateFunction.Count => found.CompareTo(new(PlainValue.Numeric, documents.Count)) == 0,
            AggregateFunction.Sum => found.CompareTo(sum) == 0,
            AggregateFunction.Average when numbers.Count == 0 => found.Rank == PlainValue.Null,
            AggregateFunction.Average => IsNear(found, numbers.Count, sum),
            _ when ends.Count == 0 => found.Rank == PlainValue.Null,
            _ => found.CompareTo(function == AggregateFunction.Min ? ends[0] : ends[^1]) == 0,
        };
    }

    public static int Compare(IReadOnlyList<PlainValue> left, IReadOnlyList<PlainValue> right) =>
        left.Zip(right).Select(static pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(static i => i != 0);

    /// <summary>Whether an average, times the number of values, is the sum, to 27 digits.</summary>
    private static bool IsNear(PlainValue average, int count, PlainValue sum)
    {
        var times = average with { Number = average.Number * count };
        var difference = PlainValue.Add(times, sum with { Number = -sum.Number });
        var size = BigInteger.Abs(sum.At(difference.Exponent));
        return average.Rank == PlainValue.Numeric &&
            BigInteger.Abs(difference.Number) * BigInteger.Pow(10, 27) <= size;
    }

    private static IEnumerable<List<PlainValue>> KeysOf(PlainDocument document, IReadOnlyList<PlainPath> by)
    {
        IEnumerable<List<PlainValue>> keys = [[]];
        foreach (var path in by)
        {
            keys = keys.SelectMany(key => document.ValuesOf(path).Select(value => (List<PlainValue>)[.. key, value]));
        }

        return keys;
    }
}
