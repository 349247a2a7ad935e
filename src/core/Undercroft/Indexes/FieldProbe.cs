using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Undercroft.Indexes;

/// <summary>Finds the values of many paths in one pass over a JSON document. Immutable, for many threads.</summary>
/// <remarks>This is the one place that says which values a path has: index entries, filters, orders and aggregates all
/// see the same. A path goes through every array it meets, arrays in arrays too. Where a property occurs twice, or a
/// text holds what is no character, writers of indexes refuse the document; readers see the values of both, and U+FFFD.
/// </remarks>
internal sealed class FieldProbe
{
    private readonly Node root;
    private readonly (int Slot, string Field, SlotMode Mode)[] recordSlots;
    private readonly bool isStrict;
    private FieldCaptures? spare;

    /// <summary>Compiles paths; the position of each is its slot.</summary>
    public FieldProbe(IReadOnlyList<(FieldPath Path, SlotMode Mode)> slots, bool isStrict = false)
    {
        this.isStrict = isStrict;
        SlotCount = slots.Count;
        root = new Node([]);
        recordSlots =
        [
            .. slots.Select(static (slot, i) => (i, slot.Path.ToString(), slot.Mode))
                .Where(slot => slots[slot.i].Path.IsRecordField),
        ];
        for (var slot = 0; slot < slots.Count; slot++)
        {
            if (slots[slot].Path.IsRecordField)
            {
                continue;
            }

            var node = root;
            foreach (var name in slots[slot].Path.Names)
            {
                node = node.ChildOf(Encoding.UTF8.GetBytes(name));
            }

            node.Add(slot, slots[slot].Mode);
        }
    }

    public int SlotCount { get; }

    /// <summary>Takes captures to fill; give them back when done with.</summary>
    public FieldCaptures Rent() => Interlocked.Exchange(ref spare, null) ?? new FieldCaptures(SlotCount);

    public void Return(FieldCaptures captures)
    {
        captures.Clear();
        Volatile.Write(ref spare, captures);
    }

    /// <summary>Fills captures with the values in a record and its document.</summary>
    /// <exception cref="StoreException">It is not JSON: <see cref="StoreErrorKind.Malformed"/>.</exception>
    public void Run(StoreRecord record, FieldCaptures into)
    {
        foreach (var (slot, field, mode) in recordSlots)
        {
            RecordFields.Write(record, field, mode, slot, into);
        }

        if (root.Children.Length > 0)
        {
            Run(record.Key, record.Value.Span, into);
        }
    }

    /// <summary>Fills captures with the values in a document.</summary>
    /// <exception cref="StoreException">It is not JSON: <see cref="StoreErrorKind.Malformed"/>.</exception>
    public void Run(RecordKey key, ReadOnlySpan<byte> json, FieldCaptures into)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RawJson.DepthMax });
        try
        {
            _ = reader.Read();
            Visit(ref reader, root, into, isElement: false);
            _ = reader.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed(key, error, reader.TokenStartIndex);
        }
    }

    private static StoreException Malformed(RecordKey key, Exception error, long at)
    {
        var place = error is JsonException { LineNumber: not null } json
            ? JsonPlace.Of(json)
            : FormattableString.Invariant($"byte {at + 1}");
        return new StoreException(
            StoreErrorKind.Malformed,
            $"The document {Names.Show(key.ToString())} is not JSON at {place}: {JsonPlace.Reason(error)}. " +
            "Write it as UTF-8 JSON.",
            error);
    }

    private void Visit(ref Utf8JsonReader reader, Node node, FieldCaptures into, bool isElement)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Visit(ref reader, node, into, isElement: true);
            }

            return;
        }

        var start = (int)reader.TokenStartIndex;
        foreach (var (slot, mode) in node.Values)
        {
            var written = into.Begin().Length;
            Write(ref reader, mode, into.Begin());
            into.Add(slot, written, isElement);
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            VisitObject(ref reader, node, into);
        }

        foreach (var slot in node.Elements)
        {
            into.AddPart(slot, start, (int)reader.BytesConsumed);
        }
    }

    private void VisitObject(ref Utf8JsonReader reader, Node node, FieldCaptures into)
    {
        if (node.Children.Length == 0)
        {
            reader.Skip();
            return;
        }

        Span<bool> found = stackalloc bool[node.Children.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = node.Find(ref reader, isStrict);
            if (at >= 0 && found[at] && isStrict)
            {
                throw new JsonException($"The property {Names.Show(reader.GetString())} occurs twice");
            }

            _ = reader.Read();
            if (at < 0)
            {
                reader.Skip();
                continue;
            }

            found[at] = true;
            var child = node.Children[at];
            foreach (var slot in child.Presences)
            {
                var written = into.Begin().Length;
                into.Begin().WriteNull();
                into.Add(slot, written);
            }

            Visit(ref reader, child, into, isElement: false);
        }
    }

    private void Write(ref Utf8JsonReader reader, SlotMode mode, IndexKeyWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                WriteString(ref reader, mode, writer);
                break;
            case JsonTokenType.Number:
                writer.WriteNumber(reader.ValueSpan);
                break;
            case JsonTokenType.True:
            case JsonTokenType.False:
                writer.WriteBoolean(reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.StartObject:
                writer.WriteObject();
                break;
            default:
                writer.WriteNull();
                break;
        }
    }

    private void WriteString(ref Utf8JsonReader reader, SlotMode mode, IndexKeyWriter writer)
    {
        var text = TextOf(ref reader);
        if (mode == SlotMode.Time && TimeText.TryRead(text, out var time))
        {
            writer.WriteTime(time);
        }
        else
        {
            writer.WriteString(text);
        }
    }

    private ReadOnlySpan<byte> TextOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped && Utf8.IsValid(reader.ValueSpan))
        {
            return reader.ValueSpan;
        }

        try
        {
            // Unescaping never makes it longer; it refuses halves of surrogate pairs, and what is not UTF-8.
            var plain = new byte[reader.ValueSpan.Length];
            return plain.AsSpan(0, reader.CopyString(plain));
        }
        catch (InvalidOperationException) when (!isStrict)
        {
            return LenientText.Read(ref reader);
        }
    }

    /// <summary>A property on the way of some path. Changed only while the probe is being made.</summary>
    private sealed class Node(byte[] name)
    {
        private readonly byte[] name = name;

        public Node[] Children { get; private set; } = [];

        public (int Slot, SlotMode Mode)[] Values { get; private set; } = [];

        public int[] Presences { get; private set; } = [];

        public int[] Elements { get; private set; } = [];

        public int Find(ref Utf8JsonReader reader, bool isStrict)
        {
            try
            {
                return Find(ref reader);
            }
            catch (InvalidOperationException) when (!isStrict)
            {
                var read = LenientText.Read(ref reader);
                return Array.FindIndex(Children, child => child.name.AsSpan().SequenceEqual(read));
            }
        }

        private int Find(ref Utf8JsonReader reader)
        {
            for (var i = 0; i < Children.Length; i++)
            {
                if (reader.ValueTextEquals(Children[i].name))
                {
                    return i;
                }
            }

            return -1;
        }

        public Node ChildOf(byte[] childName)
        {
            foreach (var child in Children)
            {
                if (child.name.AsSpan().SequenceEqual(childName))
                {
                    return child;
                }
            }

            var made = new Node(childName);
            Children = [.. Children, made];
            return made;
        }

        public void Add(int slot, SlotMode mode)
        {
            switch (mode)
            {
                case SlotMode.Presence:
                    Presences = [.. Presences, slot];
                    break;
                case SlotMode.Element:
                    Elements = [.. Elements, slot];
                    break;
                default:
                    Values = [.. Values, (slot, mode)];
                    break;
            }
        }
    }
}
