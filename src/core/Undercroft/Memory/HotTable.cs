namespace Undercroft;

/// <summary>A hash table of records with one writer and readers that never wait. A reader may meet a change half done:
/// it asks the store's version before and after, and takes the snapshot where they differ.</summary>
/// <remarks>Open addressing: a look costs one line of hashes and the record itself, no node between.</remarks>
internal sealed class HotTable
{
    private const int SmallestSize = 64;

    private Slots slots = new(SmallestSize);
    private int count;

    public StoreRecord? Find(RecordKey key)
    {
        var table = Volatile.Read(ref slots);
        var hash = HashOf(key);
        var at = hash & table.Mask;

        // The bound ends the walk of a reader that meets a table in change.
        for (var steps = 0; steps <= table.Mask; steps++)
        {

            // Read so that the version cannot be asked for before it: an emptied place may be half of a change.
            var found = Volatile.Read(ref table.Hashes[at]);
            if (found == 0)
            {
                return null;
            }

            if (found == hash && Volatile.Read(ref table.Records[at]) is { } record && IsAt(record, key))
            {
                return record;
            }

            at = (at + 1) & table.Mask;
        }

        return null;
    }

    /// <summary>Puts a record in, or in the place of the one with its key. Only the writer may call it.</summary>
    public void Set(StoreRecord record)
    {
        if ((count + 1) * 2 > slots.Hashes.Length)
        {
            Grow();
        }

        var hash = HashOf(record.Key);
        var at = slots.PlaceOf(hash, record.Key);
        count += slots.Hashes[at] == 0 ? 1 : 0;
        slots.Put(at, hash, record);
    }

    /// <summary>Takes a record out, if it is there. Only the writer may call it.</summary>
    public void Remove(RecordKey key)
    {
        var at = slots.PlaceOf(HashOf(key), key);
        if (slots.Hashes[at] == 0)
        {
            return;
        }

        count--;
        slots.Clear(at);

        // What stands behind the gap and could stand in it moves up, so that walks need no marks.
        for (var next = (at + 1) & slots.Mask; slots.Hashes[next] != 0; next = (next + 1) & slots.Mask)
        {
            var home = slots.Hashes[next] & slots.Mask;
            if (((next - home) & slots.Mask) >= ((next - at) & slots.Mask))
            {
                slots.Put(at, slots.Hashes[next], slots.Records[next]!);
                slots.Clear(next);
                at = next;
            }
        }
    }

    // Zero marks an empty slot.
    private static int HashOf(RecordKey key) => key.GetHashCode() | int.MinValue;

    private static bool IsAt(StoreRecord record, RecordKey key) =>
        record.Key.Id == key.Id && record.Key.Collection == key.Collection;

    private void Grow()
    {
        var larger = new Slots(slots.Hashes.Length * 2);
        for (var i = 0; i < slots.Hashes.Length; i++)
        {
            if (slots.Records[i] is { } record)
            {
                larger.Put(larger.PlaceOf(slots.Hashes[i], record.Key), slots.Hashes[i], record);
            }
        }

        Volatile.Write(ref slots, larger);
    }

    private sealed class Slots(int size)
    {
        public int[] Hashes { get; } = new int[size];

        public StoreRecord?[] Records { get; } = new StoreRecord?[size];

        public int Mask => Hashes.Length - 1;

        public int PlaceOf(int hash, RecordKey key)
        {
            var at = hash & Mask;
            while (Hashes[at] != 0 && !(Hashes[at] == hash && IsAt(Records[at]!, key)))
            {
                at = (at + 1) & Mask;
            }

            return at;
        }

        public void Put(int at, int hash, StoreRecord record)
        {
            Volatile.Write(ref Records[at], record);
            Hashes[at] = hash;
        }

        public void Clear(int at)
        {
            Hashes[at] = 0;
            Records[at] = null;
        }
    }
}
