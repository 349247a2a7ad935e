using Undercroft.Backends;
using Undercroft.Files.Values;

namespace Undercroft.Files.Journal;

/// <summary>The form of commits in the journal. A frame holds the commits of one group, one after the other.</summary>
internal sealed class ItemForm
{
    private const int BeginsSegmentFlag = 1;
    private const int HasReplayFlag = 2;
    private const int IsAheadFlag = 4;

    // Behind each commit, with the number of its operations once more.
    private const long CommitMark = 0x43;

    private readonly RecordForm records = new();

    public static void Write(FrameBuffer buffer, JournalItem item)
    {
        var writer = new RecordWriter(buffer);
        writer.Number((item.Segment is null ? 0 : BeginsSegmentFlag) | (item.Replay is null ? 0 : HasReplayFlag)
            | (item.Ahead == 0 ? 0 : IsAheadFlag));
        writer.Number(item.Sequence);
        writer.Number(item.Clock);
        if (item.Ahead != 0)
        {
            writer.Number(item.Ahead);
        }

        if (item.Segment is { } segment)
        {
            writer.Number(segment.Salt);
            writer.Number(segment.Start);
        }

        if (item.Replay is { } replay)
        {
            Write(writer, replay);
        }

        writer.Number(item.Writes.Count);
        foreach (var write in item.Writes)
        {
            RecordForm.WriteMark(writer, write.Before);
            RecordForm.Write(buffer, write.After, StoredValue.Of(write.After) is { } value ? BytesOf(value) : null);
        }

        writer.Number(item.Forgotten.Count);
        foreach (var key in item.Forgotten)
        {
            writer.Text(key.Collection);
            writer.Text(key.Id);
        }

        writer.Number(item.Writes.Count + item.Forgotten.Count);
        writer.Number(CommitMark);
    }

    /// <summary>Reads all commits of a frame.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public List<JournalItem> ReadAll(byte[] payload)
    {
        var items = new List<JournalItem>();
        var reader = new RecordReader(payload);
        while (!reader.IsAtEnd)
        {
            items.Add(Read(ref reader));
        }

        return items;
    }

    private JournalItem Read(ref RecordReader reader)
    {
        var flags = reader.Number();
        var (sequence, clock) = (reader.Number(), reader.Number());
        var ahead = (flags & IsAheadFlag) != 0 ? reader.Number() : 0;
        var segment = (flags & BeginsSegmentFlag) != 0
            ? new FeedSegment(reader.Number(), reader.Number())
            : (FeedSegment?)null;
        var replay = (flags & HasReplayFlag) != 0 ? ReadReplay(ref reader) : null;
        var writes = new JournalWrite[Count(ref reader)];
        for (var i = 0; i < writes.Length; i++)
        {
            var before = RecordForm.ReadMark(ref reader);
            writes[i] = new JournalWrite(before, records.Read(ref reader));
        }

        var forgotten = new RecordKey[Count(ref reader)];
        for (var i = 0; i < forgotten.Length; i++)
        {
            forgotten[i] = records.ReadKey(ref reader);
        }

        if (reader.Number() != writes.Length + forgotten.Length || reader.Number() != CommitMark)
        {
            throw new InvalidDataException($"A commit has no mark before byte {reader.Position}.");
        }

        return new JournalItem
        {
            Sequence = sequence,
            Clock = clock,
            Ahead = ahead,
            Segment = segment,
            Replay = replay,
            Writes = writes,
            Forgotten = forgotten,
        };
    }

    private static void Write(RecordWriter writer, ClientReplay replay)
    {
        writer.Bytes(replay.Client.ToByteArray(bigEndian: true));
        writer.Number(replay.At);
        writer.Lane(new ReplayLane([replay.Replay], 0));
    }

    private static ClientReplay ReadReplay(ref RecordReader reader)
    {
        var client = ReadGuid(ref reader);
        var at = reader.Number();
        var lane = reader.Lane();
        return lane.Replays.Length == 1
            ? new ClientReplay(client, lane.Replays[0], at)
            : throw new InvalidDataException($"A commit keeps no single result before byte {reader.Position}.");
    }

    internal static Guid ReadGuid(ref RecordReader reader)
    {
        var bytes = reader.Bytes();
        return bytes.Length == 16
            ? new Guid(bytes.Span, bigEndian: true)
            : throw new InvalidDataException($"An id of 16 bytes is missing before byte {reader.Position}.");
    }

    private static byte[] BytesOf(StoredValue value) =>
        value.TryGet() ?? throw new InvalidOperationException("A value was dropped before the journal had it.");

    private static int Count(ref RecordReader reader)
    {
        var count = reader.Number();
        return count is >= 0 and <= 1_000_000
            ? (int)count
            : throw new InvalidDataException($"A count is out of range before byte {reader.Position}.");
    }
}
