namespace Undercroft.Indexes;

/// <summary>Computes the entries of documents in a collection's indexes. Immutable, for many threads; make one for a
/// collection and keep it.</summary>
/// <remarks>
/// Every document is in every index at least once: where a field is missing, null or an empty array, its entry has a
/// null. An array gives one entry per element; at most one field of an index may have several values in a document.
/// </remarks>
public sealed class IndexSet
{
    /// <summary>The index that names, for each document, the indexes it has several entries in.</summary>
    internal const string ManyIndex = "$many";

    private readonly FieldProbe probe;
    private readonly Index[] indexes;

    /// <summary>Compiles definitions.</summary>
    public IndexSet(IReadOnlyList<IndexDefinition> definitions)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        Definitions = [.. definitions];
        var slots = new SlotList();
        indexes = [.. Definitions.Select(definition => new Index(definition, slots))];
        probe = slots.ToProbe(isStrict: true);
    }

    /// <summary>The definitions, in the order given.</summary>
    public IReadOnlyList<IndexDefinition> Definitions { get; }

    /// <summary>The index in the store that an entry belongs to: of a mark of several entries, the one it
    /// marks.</summary>
    internal static string IndexOf(IndexEntry entry) =>
        entry.Index == ManyIndex ? IndexKeyReader.Decode(entry.Key.Span).Text : entry.Index;

    /// <summary>Computes all entries of a document, in one pass over it.</summary>
    /// <param name="key">The document's key, for errors.</param>
    /// <param name="json">The document, as UTF-8 JSON.</param>
    /// <returns>The entries, by index; equal ones may occur, and count once in a store.</returns>
    /// <exception cref="StoreException">The document is not JSON, or two fields of an index have several values each:
    /// <see cref="StoreErrorKind.Malformed"/>.</exception>
    public IReadOnlyList<IndexEntry> Compute(RecordKey key, ReadOnlyMemory<byte> json)
    {
        if (indexes.Length == 0)
        {
            return [];
        }

        var captures = probe.Rent();
        probe.Run(key, json.Span, captures);
        var sink = new EntrySink(indexes.Length);
        foreach (var index in indexes)
        {
            index.Write(key, captures, sink);
        }

        probe.Return(captures);
        return sink.ToEntries();
    }

    /// <summary>Says whether a document has several entries in an index, without making them.</summary>
    internal bool HasSeveral(StoreRecord record)
    {
        // Without an array there is one value of everything.
        if (!record.Value.Span.Contains((byte)'['))
        {
            return false;
        }

        var captures = probe.Rent();
        probe.Run(record.Key, record.Value.Span, captures);
        var found = false;
        foreach (var index in indexes)
        {
            found |= index.HasSeveral(captures);
        }

        probe.Return(captures);
        return found;
    }

    /// <summary>One index, its fields turned into slots of the probe.</summary>
    private sealed class Index
    {
        private readonly IndexDefinition definition;
        private readonly string storageName;
        private readonly byte[] manyKey;
        private readonly int[] slots;

        public Index(IndexDefinition definition, SlotList allSlots)
        {
            this.definition = definition;
            storageName = definition.StorageName;
            manyKey = IndexKeyWriter.EncodeString(storageName);
            slots = [.. definition.Fields.Select(field => allSlots.Of(field.Path, field.Kind))];
        }

        public void Write(RecordKey key, FieldCaptures captures, EntrySink sink)
        {
            var many = FindMany(key, captures);
            if (many < 0)
            {
                WriteOne(captures, sink, -1, -1);
                return;
            }

            for (var value = captures.First(slots[many]); value >= 0; value = captures.Next(value))
            {
                WriteOne(captures, sink, many, value);
            }

            sink.Add(ManyIndex, manyKey);
        }

        public bool HasSeveral(FieldCaptures captures)
        {
            foreach (var slot in slots)
            {
                if (HasSeveral(captures, slot))
                {
                    return true;
                }
            }

            return false;
        }

        // The one field that has more than one value; negative where none has.
        private int FindMany(RecordKey key, FieldCaptures captures)
        {
            var many = -1;
            for (var i = 0; i < slots.Length; i++)
            {
                if (!HasSeveral(captures, slots[i]))
                {
                    continue;
                }

                if (many >= 0)
                {
                    throw new StoreException(
                        StoreErrorKind.Malformed,
                        $"The document {Names.Show(key.ToString())} has several values for both " +
                        $"'{definition.Fields[many].Path}' and '{definition.Fields[i].Path}' of the index " +
                        $"{Names.Show(definition.Name)}: expected arrays in one of its fields only. " +
                        "Split the index in two, or the document.");
                }

                many = i;
            }

            return many;
        }

        private static bool HasSeveral(FieldCaptures captures, int slot)
        {
            var first = captures.First(slot);
            if (first < 0)
            {
                return false;
            }

            for (var next = captures.Next(first); next >= 0; next = captures.Next(next))
            {
                if (!captures.Value(next).SequenceEqual(captures.Value(first)))
                {
                    return true;
                }
            }

            return false;
        }

        private void WriteOne(FieldCaptures captures, EntrySink sink, int many, int value)
        {
            var writer = sink.Writer;
            var start = writer.Length;
            var isUnique = definition.IsUnique;
            for (var i = 0; i < slots.Length; i++)
            {
                var capture = i == many ? value : captures.First(slots[i]);
                writer.IsDescending = definition.Fields[i].IsDescending;
                if (capture >= 0)
                {
                    var encoded = captures.Value(capture);
                    isUnique &= encoded[0] != KeyTag.Null;
                    writer.WriteEncoded(encoded);
                }
                else
                {
                    isUnique = false;
                    writer.WriteNull();
                }
            }

            sink.Note(storageName, start, isUnique);
        }
    }

    /// <summary>Gathers entries whose keys lie in one array.</summary>
    private sealed class EntrySink(int capacity)
    {
        private readonly List<(string Index, int Start, int Length, bool IsUnique)> notes = new(capacity);

        public IndexKeyWriter Writer { get; } = new(256);

        public void Note(string index, int start, bool isUnique) =>
            notes.Add((index, start, Writer.Length - start, isUnique));

        public void Add(string index, ReadOnlySpan<byte> encoded)
        {
            var start = Writer.Length;
            Writer.IsDescending = false;
            Writer.WriteEncoded(encoded);
            Note(index, start, isUnique: false);
        }

        public IndexEntry[] ToEntries()
        {
            ReadOnlyMemory<byte> keys = Writer.Written.ToArray();
            var entries = new IndexEntry[notes.Count];
            for (var i = 0; i < entries.Length; i++)
            {
                var (index, start, length, isUnique) = notes[i];
                entries[i] = new IndexEntry(index, keys.Slice(start, length), isUnique);
            }

            return entries;
        }
    }
}
