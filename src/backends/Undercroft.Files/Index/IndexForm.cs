using Undercroft.Backends;
using Undercroft.Files.Journal;
using Undercroft.Files.State;

namespace Undercroft.Files.Index;

/// <summary>The form of what an index file holds: all that a store knows except values, as changes one after the other.
/// </summary>
internal static class IndexForm
{
    private const int RecordTag = 1;
    private const int ForgottenTag = 2;
    private const int LaneTag = 3;
    private const int LaneRemovedTag = 4;
    private const int FactsTag = 5;
    private const int AheadTag = 6;

    public static void Record(FrameBuffer buffer, StoreRecord record)
    {
        var writer = new RecordWriter(buffer);
        writer.Number(RecordTag);
        RecordForm.Write(buffer, record, bytes: null);
    }

    public static void Forgotten(FrameBuffer buffer, RecordKey key)
    {
        var writer = new RecordWriter(buffer);
        writer.Number(ForgottenTag);
        writer.Text(key.Collection);
        writer.Text(key.Id);
    }

    public static void Lane(FrameBuffer buffer, Guid client, LaneRow? row)
    {
        var writer = new RecordWriter(buffer);
        writer.Number(row is null ? LaneRemovedTag : LaneTag);
        writer.Bytes(client.ToByteArray(bigEndian: true));
        if (row is not null)
        {
            writer.Number(row.UsedAt);
            writer.Lane(row.Lane);
        }
    }

    public static void Facts(FrameBuffer buffer, StoreState state)
    {
        var writer = new RecordWriter(buffer);
        writer.Number(FactsTag);
        writer.Number(state.Sequence);
        writer.Number(state.Horizon);
        writer.Number(state.Clock);
        writer.Number(state.History.Segments.Length);
        foreach (var segment in state.History.Segments)
        {
            writer.Number(segment.Salt);
            writer.Number(segment.Start);
        }

        if (state.Ahead != 0)
        {
            writer.Number(AheadTag);
            writer.Number(state.Ahead);
        }
    }

    /// <summary>Makes the changes of a frame to a state that is being read.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static void Read(byte[] payload, RecordForm records, IndexState state)
    {
        var reader = new RecordReader(payload);
        while (!reader.IsAtEnd)
        {
            switch (reader.Number())
            {
                case RecordTag:
                    var record = records.Read(ref reader);
                    state.Records[record.Key] = record;
                    state.Entries++;
                    break;
                case ForgottenTag:
                    _ = state.Records.Remove(records.ReadKey(ref reader));
                    state.Entries++;
                    break;
                case LaneTag:
                    var client = ItemForm.ReadGuid(ref reader);
                    var usedAt = reader.Number();
                    state.Lanes = state.Lanes.With(client, new LaneRow(reader.Lane(), usedAt));
                    break;
                case LaneRemovedTag:
                    state.Lanes = state.Lanes.With(ItemForm.ReadGuid(ref reader), null);
                    break;
                case FactsTag:
                    ReadFacts(ref reader, state);
                    break;
                case AheadTag:
                    state.Ahead = reader.Number();
                    break;
                case var tag:
                    throw new InvalidDataException($"There is no entry of kind {tag} (before byte {reader.Position}).");
            }
        }
    }

    private static void ReadFacts(ref RecordReader reader, IndexState state)
    {
        state.Sequence = reader.Number();
        state.Horizon = reader.Number();
        state.Clock = reader.Number();
        state.Ahead = 0;
        var count = reader.Number();
        if (count is < 0 or > FeedHistory.SegmentsMax)
        {
            throw new InvalidDataException($"{count} segments are too many (before byte {reader.Position}).");
        }

        state.Segments.Clear();
        for (var i = 0; i < count; i++)
        {
            state.Segments.Add(new FeedSegment(reader.Number(), reader.Number()));
        }
    }
}
