using Undercroft.Backends;
using Undercroft.Files.State;

namespace Undercroft.Files.Index;

/// <summary>A state while it is read from an index, change by change.</summary>
internal sealed class IndexState
{
    public Dictionary<RecordKey, StoreRecord> Records { get; } = [];

    /// <summary>How many entries of records there were, those counted that later ones made void.</summary>
    public long Entries { get; set; }

    public LaneTable Lanes { get; set; } = LaneTable.Empty;

    public List<FeedSegment> Segments { get; } = [];

    public long Sequence { get; set; }

    public long Horizon { get; set; }

    public long Clock { get; set; }

    public long Ahead { get; set; }

    public StoreState ToState(Guid epoch)
    {
        var writes = new PlannedWrite[Records.Count];
        var at = 0;
        foreach (var record in Records.Values)
        {
            writes[at++] = new PlannedWrite(null, record);
        }

        return new StoreState(
            RecordTable.Empty.With(writes), Sequence, Horizon, new FeedHistory(epoch, [.. Segments]), Lanes, Clock)
        {
            Ahead = Ahead,
        };
    }
}
