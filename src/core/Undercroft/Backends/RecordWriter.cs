using System.Buffers;
using System.Text;

namespace Undercroft.Backends;

/// <summary>Writes the small binary forms the backends share: varints, text, meta, entries, lanes, whole records.
/// </summary>
/// <remarks>The forms are part of the stored data: they change only with a new version of what holds them.</remarks>
/// <param name="output">Where the bytes go.</param>
public readonly ref struct RecordWriter(IBufferWriter<byte> output)
{
    /// <summary>Writes a number in 1 to 10 bytes, small ones short, negative ones long.</summary>
    public void Number(long value)
    {
        var rest = (ulong)value;
        var span = output.GetSpan(10);
        var at = 0;
        while (rest >= 0x80)
        {
            span[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[at++] = (byte)rest;
        output.Advance(at);
    }

    /// <summary>Writes bytes with their length.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        output.Write(bytes);
    }

    /// <summary>Writes text as UTF-8 with its length; null differs from empty.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Number(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        var written = Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(written);
    }

    /// <summary>Writes an instant in ticks of UTC; null differs from all.</summary>
    public void Time(DateTimeOffset? time) => Number(time?.UtcTicks ?? -1);

    /// <summary>Writes a meta.</summary>
    public void Meta(RecordMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        Number(meta.Count);
        foreach (var (name, text) in meta)
        {
            Text(name);
            Text(text);
        }
    }

    /// <summary>Writes index entries; each index is named once for a run of its entries.</summary>
    public void Entries(IReadOnlyList<IndexEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Number(entries.Count);
        string? index = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var repeats = entry.Index == index;
            Number((repeats ? 2 : 0) | (entry.IsUnique ? 1 : 0));
            if (!repeats)
            {
                Text(entry.Index);
                index = entry.Index;
            }

            Bytes(entry.Key.Span);
        }
    }

    /// <summary>Writes a client's lane.</summary>
    public void Lane(ReplayLane lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        Number(lane.ForgottenThrough);
        Number(lane.Replays.Length);
        foreach (var replay in lane.Replays)
        {
            Number(replay.Number);
            Number((long)(ulong)(replay.Digest >> 64));
            Number((long)(ulong)replay.Digest);
            Number(replay.Revision.Value);
            Number(replay.Counters.Count);
            foreach (var counter in replay.Counters)
            {
                Number(counter);
            }
        }
    }

    /// <summary>Writes a whole record or tombstone, value and entries too.</summary>
    public void Record(StoreRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Text(record.Key.Collection);
        Text(record.Key.Id);
        Number(record.Revision.Value);
        Number(record.IsDeleted ? 1 : 0);
        Time(record.CreatedAt);
        Time(record.UpdatedAt);
        Time(record.ExpiresAt);
        Text(record.Origin);
        Meta(record.Meta);
        Entries(record.Entries);
        Bytes(record.Value.Span);
    }
}
