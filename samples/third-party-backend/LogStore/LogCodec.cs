using System.Buffers;
using System.Collections.Immutable;
using Undercroft;
using Undercroft.Backends;

namespace LogStore;

/// <summary>The bytes of a log: first a whole state, then changes.</summary>
internal static class LogCodec
{
    public static byte[] Write(LogState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(buffer);
        writer.Bytes(state.History.Epoch.ToByteArray());
        writer.Number(state.Sequence);
        writer.Number(state.Horizon);
        writer.Time(state.At);
        writer.Number(state.History.Segments.Length);
        foreach (var segment in state.History.Segments)
        {
            writer.Number(segment.Salt);
            writer.Number(segment.Start);
        }

        writer.Number(state.Lanes.Count);
        foreach (var (client, (lane, usedAt)) in state.Lanes)
        {
            writer.Bytes(client.ToByteArray());
            writer.Time(usedAt);
            writer.Lane(lane);
        }

        Write(writer, [.. state.Table.Records(), .. state.Table.Tombstones()]);
        return buffer.WrittenSpan.ToArray();
    }

    public static LogState ReadState(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var state = LogState.Empty(new Guid(reader.Bytes().Span)) with
        {
            Sequence = reader.Number(),
            Horizon = reader.Number(),
            At = reader.Time() ?? default,
        };
        var history = state.History;
        for (var count = reader.Number(); count > 0; count--)
        {
            history = history.Begin(new FeedSegment(reader.Number(), reader.Number()));
        }

        var lanes = ImmutableDictionary.CreateBuilder<Guid, (ReplayLane, DateTimeOffset)>();
        for (var count = reader.Number(); count > 0; count--)
        {
            var client = new Guid(reader.Bytes().Span);
            var usedAt = reader.Time() ?? default;
            lanes[client] = (reader.Lane(), usedAt);
        }

        var table = RecordTable.Empty.With(
            [.. ReadRecords(ref reader).Select(record => new PlannedWrite(null, record))]);
        return state with { History = history, Lanes = lanes.ToImmutable(), Table = table };
    }

    public static byte[] Write(LogChange change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(buffer);
        writer.Number(change.Sequence);
        writer.Time(change.At);
        writer.Number(change.Salt);
        Write(writer, change.Records);
        writer.Number(change.Forgotten.Count);
        foreach (var key in change.Forgotten)
        {
            writer.Text(key.Collection);
            writer.Text(key.Id);
        }

        writer.Bytes(change.Identity is { } identity ? identity.Client.ToByteArray() : []);
        writer.Number(change.Identity?.Number ?? 0);
        writer.Number((long)(ulong)(change.Digest >> 64));
        writer.Number((long)(ulong)change.Digest);
        writer.Number(change.Counters.Count);
        foreach (var counter in change.Counters)
        {
            writer.Number(counter);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static LogChange ReadChange(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var (sequence, at, salt) = (reader.Number(), reader.Time() ?? default, reader.Number());
        var records = ReadRecords(ref reader);
        var forgotten = new RecordKey[reader.Number()];
        for (var i = 0; i < forgotten.Length; i++)
        {
            forgotten[i] = new RecordKey(reader.Text()!, reader.Text()!);
        }

        var (client, number) = (reader.Bytes(), reader.Number());
        var digest = new UInt128((ulong)reader.Number(), (ulong)reader.Number());
        var counters = new long[reader.Number()];
        for (var i = 0; i < counters.Length; i++)
        {
            counters[i] = reader.Number();
        }

        return new LogChange
        {
            Sequence = sequence,
            At = at,
            Salt = salt,
            Records = records,
            Forgotten = forgotten,
            Identity = client.IsEmpty ? null : new CommitIdentity(new Guid(client.Span), number),
            Digest = digest,
            Counters = counters,
        };
    }

    private static void Write(RecordWriter writer, IReadOnlyList<StoreRecord> records)
    {
        writer.Number(records.Count);
        foreach (var record in records)
        {
            writer.Record(record);
        }
    }

    private static StoreRecord[] ReadRecords(ref RecordReader reader)
    {
        var records = new StoreRecord[reader.Number()];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = reader.Record();
        }

        return records;
    }
}
