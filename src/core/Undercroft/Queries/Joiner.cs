using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Joins pages of one query to the documents of another collection, a batch of values at a time.</summary>
internal sealed class Joiner(QueryEngine left, QueryEngine right, JoinSpec join, QueryOptions options)
{
    private const int BatchMax = IndexMatch.RangesMax;

    private readonly ValueReader leftValues = new(join.LeftPath, join.Kind);
    private readonly ValueReader rightValues = new(join.RightPath, join.Kind);

    public async ValueTask<RawJoinPage> PageAsync(QuerySpec spec, CancellationToken cancellationToken)
    {
        var limit = spec.Limit ?? options.PageSize;
        List<RawJoin> joined = [];
        var after = spec.After;
        do
        {
            // Exactly what is still wanted, so that the cursor stands behind the last record taken.
            var page = await left
                .PageAsync(spec with { After = after, Limit = limit - joined.Count }, cancellationToken)
                .ConfigureAwait(false);
            joined.AddRange(await JoinAsync(page.Items, cancellationToken).ConfigureAwait(false));
            after = page.Next;
        }
        while (after is not null && joined.Count < limit);

        return new RawJoinPage(joined, after);
    }

    private async ValueTask<IEnumerable<RawJoin>> JoinAsync(
        IReadOnlyList<StoreRecord> lefts, CancellationToken cancellationToken)
    {
        var wanted = lefts.Select(leftValues.Read).ToArray();
        var distinct = wanted.SelectMany(static values => values).Distinct(ByteKeys.Instance).ToArray();
        var found = new Dictionary<byte[], List<StoreRecord>>(ByteKeys.Instance);
        var count = 0;
        foreach (var batch in distinct.Chunk(BatchMax))
        {
            var asked = batch.ToHashSet(ByteKeys.Instance);
            var values = new FieldFilter(
                join.RightPath, [new(ConditionOperator.In, batch.Select(static key => IndexKeyReader.Decode(key)))]);
            var spec = new QuerySpec { Where = Filter.And(values, join.RightWhere) };
            await foreach (var record in right.StreamAsync(spec, cancellationToken).ConfigureAwait(false))
            {
                if (++count > options.JoinedItemsMax)
                {
                    throw new LimitExceededException(
                        $"joining {Names.Show(right.Collection)} to one page of {Names.Show(left.Collection)}",
                        nameof(QueryOptions.JoinedItemsMax), options.JoinedItemsMax, count);
                }

                Note(found, record, asked);
            }
        }

        return lefts
            .Select((record, i) => new RawJoin(record, Matches(wanted[i], found)))
            .Where(row => join.KeepsUnmatched || row.Rights.Count > 0);
    }

    private void Note(Dictionary<byte[], List<StoreRecord>> found, StoreRecord record, HashSet<byte[]> asked)
    {
        foreach (var value in rightValues.Read(record).Where(asked.Contains))
        {
            if (!found.TryGetValue(value, out var records))
            {
                found[value] = records = [];
            }

            records.Add(record);
        }
    }

    private static List<StoreRecord> Matches(byte[][] wanted, Dictionary<byte[], List<StoreRecord>> found)
    {
        var rights = wanted
            .SelectMany(value => found.GetValueOrDefault(value) ?? [])
            .DistinctBy(static record => record.Key)
            .ToList();
        rights.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        return rights;
    }

    /// <summary>Reads a document's values at one path that can be joined by: neither null nor objects.</summary>
    private sealed class ValueReader
    {
        private readonly FieldProbe probe;

        public ValueReader(FieldPath path, FieldKind kind)
        {
            var slots = new SlotList();
            _ = slots.Of(path, kind);
            probe = slots.ToProbe();
        }

        public byte[][] Read(StoreRecord record)
        {
            var captures = probe.Rent();
            probe.Run(record, captures);
            HashSet<byte[]> values = new(ByteKeys.Instance);
            for (var capture = captures.First(0); capture >= 0; capture = captures.Next(capture))
            {
                if (captures.Value(capture)[0] is not (KeyTag.Null or KeyTag.Object))
                {
                    _ = values.Add(captures.Value(capture).ToArray());
                }
            }

            probe.Return(captures);
            return [.. values];
        }
    }
}
