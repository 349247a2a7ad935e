using System.Runtime.InteropServices;

namespace Undercroft;

/// <summary>A hash table of records with one writer and readers that never wait. A reader may meet a change half done:
/// it asks the store's version before and after, and takes the snapshot where they differ.</summary>
/// <remarks>Open addressing: a look costs one line of the table and the record itself, no node between.</remarks>
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
            ref var slot = ref table.All[at];

            // Read so that the version cannot be asked for before it: an emptied place may be half of a change.
            var found = Volatile.Read(ref slot.Hash);
            if (found == 0)
            {
                return null;
            }

            if (found == hash && Volatile.Read(ref slot.Record) is { } record)
            {
                Fetch(slot.Value);
                if (IsAt(record, key))
                {
                    return record;
                }
            }

            at = (at + 1) & table.Mask;
        }

        return null;
    }

    /// <summary>Puts a record in, or in the place of the one with its key. Only the writer may call it.</summary>
    public void Set(StoreRecord record)
    {
        if ((count + 1) * 2 > slots.All.Length)
        {
            Grow();
        }

        var hash = HashOf(record.Key);
        ref var slot = ref slots.All[slots.PlaceOf(hash, record.Key)];
        count += slot.Hash == 0 ? 1 : 0;
        slot.Put(hash, record);
    }

    /// <summary>Takes a record out, if it is there. Only the writer may call it.</summary>
    public void Remove(RecordKey key)
    {
        var (all, mask) = (slots.All, slots.Mask);
        var at = slots.PlaceOf(HashOf(key), key);
        if (all[at].Hash == 0)
        {
            return;
        }

        count--;
        all[at] = default;

        // What stands behind the gap and could stand in it moves up, so that walks need no marks.
        for (var next = (at + 1) & mask; all[next].Hash != 0; next = (next + 1) & mask)
        {
            var home = all[next].Hash & mask;
            if (((next - home) & mask) >= ((next - at) & mask))
            {
                all[at].Put(all[next].Hash, all[next].Record!);
                all[next] = default;
                at = next;
            }
        }
    }

    // Zero marks an empty slot.
    private static int HashOf(RecordKey key) => key.GetHashCode() | int.MinValue;

    private static bool IsAt(StoreRecord record, RecordKey key) =>
        record.Key.Id == key.Id && record.Key.Collection == key.Collection;

    /// <summary>Has the processor fetch a value while it waits for the record: it is what is read next.</summary>
    private static void Fetch(byte[]? value)
    {
        if (value?.Length > 0)
        {
            _ = Volatile.Read(ref value[0]);
        }
    }

    private void Grow()
    {
        var larger = new Slots(slots.All.Length * 2);
        foreach (ref var slot in slots.All.AsSpan())
        {
            if (slot.Record is { } record)
            {
                larger.All[larger.PlaceOf(slot.Hash, record.Key)].Put(slot.Hash, record);
            }
        }

        Volatile.Write(ref slots, larger);
    }

    /// <summary>What a look touches, side by side.</summary>
    private struct Slot
    {
        public int Hash;
        public StoreRecord? Record;
        public byte[]? Value;

        public void Put(int hash, StoreRecord record)
        {
            _ = MemoryMarshal.TryGetArray(record.Value, out var value);
            Volatile.Write(ref Record, record);
            Value = value.Array;
            Hash = hash;
        }
    }

    private sealed class Slots(int size)
    {
        public Slot[] All { get; } = new Slot[size];

        public int Mask => All.Length - 1;

        public int PlaceOf(int hash, RecordKey key)
        {
            var at = hash & Mask;
            while (All[at].Hash != 0 && !(All[at].Hash == hash && IsAt(All[at].Record!, key)))
            {
                at = (at + 1) & Mask;
            }

            return at;
        }
    }
}
