using System.Collections.Concurrent;
using Undercroft.Redis.Client;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Records read before, until the server says that they have changed. Bounded by number and by bytes; what
/// was not used for long goes first.</summary>
/// <remarks>
/// A read announces itself before it asks the server. Whatever is said about the key from then on takes the
/// announcement away, and with it the right to keep the answer: so an answer that was overtaken by a change is never
/// kept.
/// </remarks>
/// <param name="keys">The keys of the store.</param>
/// <param name="recordsMax">The most records.</param>
/// <param name="bytesMax">The most bytes of their values.</param>
internal sealed class ReadCache(StoreKeys keys, int recordsMax, long bytesMax)
{
    // What a record takes beside its value.
    private const int RecordBytes = 256;

    private readonly ConcurrentDictionary<RecordKey, Slot> slots = new();
    private readonly Queue<Slot> byAge = new();
    private readonly Lock gate = new();
    private readonly byte[] prefix = System.Text.Encoding.UTF8.GetBytes(keys.Prefix + "r:");
    private long bytes;

    /// <summary>How many records it holds.</summary>
    public int Count => slots.Count;

    /// <summary>Finds a record.</summary>
    /// <param name="key">The record.</param>
    /// <param name="record">The record or its tombstone; null where the server had none.</param>
    /// <returns>Whether the answer is known.</returns>
    public bool TryFind(RecordKey key, out StoreRecord? record)
    {
        if (slots.TryGetValue(key, out var slot) && slot.IsFilled)
        {
            slot.IsUsed = true;
            record = slot.Record;
            return true;
        }

        record = null;
        return false;
    }

    /// <summary>Announces a read.</summary>
    public Slot Announce(RecordKey key)
    {
        var slot = new Slot(key);
        slots[key] = slot;
        return slot;
    }

    /// <summary>Keeps an answer, unless the record has changed since the read was announced.</summary>
    public void Fill(Slot slot, StoreRecord? record)
    {
        lock (gate)
        {
            if (!slots.TryGetValue(slot.Key, out var current) || !ReferenceEquals(current, slot))
            {
                return;
            }

            slot.Fill(record, RecordBytes + (record?.Value.Length ?? 0));
            bytes += slot.Bytes;
            byAge.Enqueue(slot);
            Evict();
        }
    }

    /// <summary>Takes an announcement back: the read has failed.</summary>
    public void Drop(Slot slot) =>
        _ = ((ICollection<KeyValuePair<RecordKey, Slot>>)slots).Remove(KeyValuePair.Create(slot.Key, slot));

    /// <summary>Forgets a record that has changed.</summary>
    public void Remove(RecordKey key) => _ = slots.TryRemove(key, out _);

    /// <summary>Hears from the server what has changed; null means that anything may have.</summary>
    public void Hear(RedisReply? changed)
    {
        if (changed is not { } list)
        {
            slots.Clear();
            return;
        }

        foreach (var key in list)
        {
            var name = key.Bytes.Span;
            if (name.StartsWith(prefix))
            {
                Remove(StoreKeys.ReadName(name[prefix.Length..]));
            }
        }
    }

    private void Evict()
    {
        // What was used since it was looked at last gets another round, once.
        for (var second = byAge.Count; byAge.Count > recordsMax || bytes > bytesMax; second--)
        {
            var slot = byAge.Dequeue();
            if (slot.IsUsed && second > 0 && slots.TryGetValue(slot.Key, out var current) &&
                ReferenceEquals(current, slot))
            {
                slot.IsUsed = false;
                byAge.Enqueue(slot);
            }
            else
            {
                bytes -= slot.Bytes;
                Drop(slot);
            }
        }
    }

    /// <summary>A place for one record.</summary>
    /// <param name="key">The record.</param>
    internal sealed class Slot(RecordKey key)
    {
        private StoreRecord? record;
        private bool isFilled;

        public RecordKey Key => key;

        public StoreRecord? Record => record;

        public int Bytes { get; private set; }

        public bool IsFilled => Volatile.Read(ref isFilled);

        public bool IsUsed { get; set; }

        public void Fill(StoreRecord? found, int size)
        {
            record = found;
            Bytes = size;
            Volatile.Write(ref isFilled, true);
        }
    }
}
