using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A filter ready to be judged on what a probe captured. Immutable, for many threads.</summary>
internal abstract class FilterProgram
{
    /// <summary>Prepares a filter; the slots it needs are added.</summary>
    public static FilterProgram Compile(Filter filter, SlotList slots) => filter switch
    {
        FieldFilter field => new FieldProgram(field, slots),
        ExistsFilter exists => new ExistsProgram(slots.Of(exists.Path, SlotMode.Presence)),
        ElementFilter element => new ElementProgram(element, slots),
        NotFilter not => new NotProgram(Compile(not.Inner, slots)),
        OrFilter some => new OrProgram([.. some.Filters.Select(part => Compile(part, slots))]),
        AndFilter all => new AndProgram([.. all.Filters.Select(part => Compile(part, slots))]),
        _ => throw new NotSupportedException($"There is no filter {filter.GetType().Name}. Use those of Filter."),
    };

    /// <summary>Says whether a record meets the filter.</summary>
    /// <param name="captures">What the probe found in the record.</param>
    /// <param name="key">The record, for errors.</param>
    /// <param name="json">Its document.</param>
    public abstract bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json);

    private sealed class AndProgram(FilterProgram[] parts) : FilterProgram
    {
        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json)
        {
            foreach (var part in parts)
            {
                if (!part.Holds(captures, key, json))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class OrProgram(FilterProgram[] parts) : FilterProgram
    {
        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json)
        {
            foreach (var part in parts)
            {
                if (part.Holds(captures, key, json))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class NotProgram(FilterProgram inner) : FilterProgram
    {
        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json) =>
            !inner.Holds(captures, key, json);
    }

    private sealed class ExistsProgram(int slot) : FilterProgram
    {
        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json) =>
            captures.First(slot) >= 0;
    }

    private sealed class ElementProgram : FilterProgram
    {
        private readonly int slot;
        private readonly FilterProgram element;
        private readonly FieldProbe probe;

        public ElementProgram(ElementFilter filter, SlotList slots)
        {
            slot = slots.Of(filter.Path, SlotMode.Element);
            var inner = new SlotList();
            element = Compile(filter.Element, inner);
            probe = inner.ToProbe();
        }

        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json)
        {
            if (captures.First(slot) < 0)
            {
                return false;
            }

            var inner = probe.Rent();
            var holds = false;
            for (var capture = captures.First(slot); capture >= 0 && !holds; capture = captures.Next(capture))
            {
                inner.Clear();
                var part = json[captures.Part(capture)];
                probe.Run(key, part, inner);
                holds = element.Holds(inner, key, part);
            }

            probe.Return(inner);
            return holds;
        }
    }

    /// <summary>One value must lie within the bounds and contain what it should.</summary>
    private sealed class FieldProgram : FilterProgram
    {
        private static readonly byte[] Null = FieldValue.Null.Encode();

        private readonly int slot;
        private readonly KeyIntervals? bounds;
        private readonly byte[][] contained;

        public FieldProgram(FieldFilter filter, SlotList slots)
        {
            slot = slots.Of(filter.Path, filter.Kind);
            bounds = KeyIntervals.Of(filter);
            contained = [.. filter.Conditions.Where(static c => !c.IsBound).Select(static c => c.Value.Encode())];
        }

        public override bool Holds(FieldCaptures captures, RecordKey key, ReadOnlySpan<byte> json)
        {
            var capture = captures.First(slot);
            if (capture < 0)
            {
                return Holds(Null, isElement: false);
            }

            for (; capture >= 0; capture = captures.Next(capture))
            {
                if (Holds(captures.Value(capture), captures.IsElement(capture)))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool IsPartOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
        {
            if (text[0] != KeyTag.String || part[0] != KeyTag.String)
            {
                return false;
            }

            // Between tag and end; a match may not begin behind an escape.
            text = text[1..^1];
            part = part[1..^1];
            for (var from = 0; ; from++)
            {
                var at = text[from..].IndexOf(part);
                if (at < 0)
                {
                    return false;
                }

                from += at;
                if (part.IsEmpty || part[0] > KeyTag.Escape + 1 || !IsInsideEscape(text, from))
                {
                    return true;
                }
            }
        }

        private static bool IsInsideEscape(ReadOnlySpan<byte> text, int position)
        {
            var at = 0;
            while (at < position)
            {
                at += text[at] == KeyTag.Escape ? 2 : 1;
            }

            return at > position;
        }

        private bool Holds(ReadOnlySpan<byte> value, bool isElement)
        {
            if (bounds is not null && !bounds.Contains(value))
            {
                return false;
            }

            foreach (var part in contained)
            {
                if (!(isElement ? value.SequenceEqual(part) : IsPartOf(value, part)))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
