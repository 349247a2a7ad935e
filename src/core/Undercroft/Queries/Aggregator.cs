using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Sorts documents into groups and makes values of them, one pass, memory by the number of groups.</summary>
internal sealed class Aggregator
{
    private readonly IReadOnlyList<Aggregate> aggregates;
    private readonly int groupsMax;
    private readonly int[] groupSlots;
    private readonly int[] valueSlots;
    private readonly int[] textSlots;
    private readonly byte[] absent;
    private readonly FieldProbe probe;
    private readonly Dictionary<byte[], Group> groups = new(ByteKeys.Instance);

    public Aggregator(
        IReadOnlyList<IndexField> groupBy,
        IReadOnlyList<Aggregate> aggregates,
        int groupsMax,
        AggregateReading? reading = null)
    {
        this.aggregates = aggregates;
        this.groupsMax = groupsMax;
        var slots = new SlotList();
        groupSlots = [.. groupBy.Select(field => slots.Of(field.Path, field.Kind))];
        valueSlots = [.. aggregates.Select(one => one.Field is { } field ? slots.Of(field.Path, field.Kind) : -1)];
        textSlots =
        [
            .. aggregates.Select(one => reading is not null && one.Field is { Kind: FieldKind.Time } field
                ? slots.Of(field.Path, FieldKind.Default)
                : -1),
        ];
        absent = (reading?.Absent ?? FieldValue.Null).Encode();
        probe = slots.ToProbe();
        if (groupBy.Count == 0)
        {
            _ = GroupOf([]);
        }
    }

    public void Add(StoreRecord record)
    {
        var captures = probe.Rent();
        probe.Run(record, captures);
        AddTo(record, captures, [], 0, groupSlots.Length > 0 ? new HashSet<byte[]>(ByteKeys.Instance) : null);
        probe.Return(captures);
    }

    /// <summary>The groups, by their keys.</summary>
    public IReadOnlyList<AggregateGroup> ToGroups() =>
    [
        .. groups.OrderBy(static pair => pair.Key, KeyOrder.Bytes).Select(pair => new AggregateGroup(
            KeyOf(pair.Key), [.. aggregates.Select((one, i) => pair.Value.ValueOf(one.Function, i))])
        {
            Texts = [.. aggregates.Select((_, i) => pair.Value.TextOf(i))],
        }),
    ];

    private static List<FieldValue> KeyOf(byte[] key)
    {
        List<FieldValue> values = [];
        var reader = new IndexKeyReader(key);
        while (!reader.IsAtEnd)
        {
            values.Add(reader.Read());
        }

        return values;
    }

    // A document belongs to one group for each of its values, or tuples of them.
    private void AddTo(StoreRecord record, FieldCaptures captures, byte[] key, int field, HashSet<byte[]>? seen)
    {
        if (field == groupSlots.Length)
        {
            if (seen?.Add(key) != false)
            {
                GroupOf(key).Add(record, captures, valueSlots, textSlots, aggregates);
            }

            return;
        }

        var capture = captures.First(groupSlots[field]);
        if (capture < 0)
        {
            AddTo(record, captures, [.. key, .. absent], field + 1, seen);
        }

        for (; capture >= 0; capture = captures.Next(capture))
        {
            var value = captures.Value(capture);
            AddTo(record, captures, [.. key, .. value[0] == KeyTag.Null ? absent : value], field + 1, seen);
        }
    }

    private Group GroupOf(byte[] key)
    {
        if (!groups.TryGetValue(key, out var group))
        {
            if (groups.Count == groupsMax)
            {
                throw new LimitExceededException(
                    "an aggregation into so many groups", nameof(QueryOptions.GroupsMax), groupsMax, groupsMax + 1L);
            }

            groups[key] = group = new Group(aggregates.Count);
        }

        return group;
    }

    private sealed class Group(int size)
    {
        private readonly ExactSum?[] sums = new ExactSum?[size];
        private readonly byte[]?[] bests = new byte[]?[size];
        private readonly byte[]?[] texts = new byte[]?[size];
        private long count;

        public void Add(
            StoreRecord record,
            FieldCaptures captures,
            int[] slots,
            int[] textSlots,
            IReadOnlyList<Aggregate> aggregates)
        {
            count++;
            for (var i = 0; i < slots.Length; i++)
            {
                // The values of a path and their texts come in one order.
                var capture = slots[i] < 0 ? -1 : captures.First(slots[i]);
                var text = textSlots[i] < 0 ? -1 : captures.First(textSlots[i]);
                for (; capture >= 0; capture = captures.Next(capture))
                {
                    if (Add(aggregates[i].Function, i, captures.Value(capture), record) && text >= 0)
                    {
                        texts[i] = captures.Value(text).ToArray();
                    }

                    text = text < 0 ? -1 : captures.Next(text);
                }
            }
        }

        public FieldValue ValueOf(AggregateFunction function, int i) => function switch
        {
            AggregateFunction.Count => FieldValue.From(count),
            AggregateFunction.Sum => sums[i]?.ToValue() ?? FieldValue.From(0L),
            AggregateFunction.Average => sums[i]?.ToAverage() ?? FieldValue.Null,
            _ => bests[i] is { } best ? IndexKeyReader.Decode(best) : FieldValue.Null,
        };

        public FieldValue TextOf(int i) => texts[i] is { } text ? IndexKeyReader.Decode(text) : FieldValue.Null;

        // Whether it is the best so far.
        private bool Add(AggregateFunction function, int i, ReadOnlySpan<byte> value, StoreRecord record)
        {
            if (function is AggregateFunction.Sum or AggregateFunction.Average)
            {
                if (KeyTag.KindOf(value[0]) == FieldValueKind.Number)
                {
                    (sums[i] ??= new ExactSum()).Add(IndexKeyReader.Decode(value).Text, record.Key);
                }

                return false;
            }

            if (value[0] is KeyTag.Null or KeyTag.Object)
            {
                return false;
            }

            var order = bests[i] is { } best ? value.SequenceCompareTo(best) : 0;
            if (bests[i] is not null && (function == AggregateFunction.Max ? order <= 0 : order >= 0))
            {
                return false;
            }

            bests[i] = value.ToArray();
            return true;
        }
    }
}
