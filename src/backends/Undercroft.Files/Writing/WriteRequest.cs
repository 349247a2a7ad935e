using Undercroft.Backends;
using Undercroft.Files.Journal;
using Undercroft.Files.State;

namespace Undercroft.Files.Writing;

/// <summary>What the writer is asked to do: to judge something on the state of its turn, and to write what comes of it.
/// </summary>
internal abstract class WriteRequest
{
    /// <summary>What must have been reached before it is acknowledged.</summary>
    public Durability Level { get; protected init; }

    /// <summary>Whether it goes ahead of commits and past the journal's bound: the store's own errands, which the tree
    /// waits for.</summary>
    public virtual bool IsErrand => false;

    /// <summary>What it adds to the journal, about.</summary>
    public long Bytes { get; protected init; } = 256;

    /// <summary>Judges it. May be called again on another state if the first one comes to nothing.</summary>
    /// <returns>What to write; null for nothing.</returns>
    public abstract WriteStep? Judge(StoreState state, WriteTurn turn);

    /// <summary>Tells the caller that it is done.</summary>
    public abstract void Succeed();

    /// <summary>Tells the caller that it is not done.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>What a request comes to.</summary>
/// <param name="Item">What the journal is told.</param>
/// <param name="Writes">The same writes, planned on the table.</param>
/// <param name="Leftovers">Files by other names that go, by record; normally null.</param>
internal sealed record WriteStep(
    JournalItem Item, IReadOnlyList<PlannedWrite> Writes, IReadOnlyDictionary<RecordKey, Leftover>? Leftovers = null);

/// <summary>What a request is judged with.</summary>
/// <param name="Core">The store.</param>
/// <param name="Salt">The salt of this opening's segment of history.</param>
internal sealed record WriteTurn(StoreCore Core, long Salt)
{
    /// <summary>Makes the item of a commit with writes.</summary>
    public JournalItem ItemOf(StoreState state, IReadOnlyList<PlannedWrite> writes)
    {
        var rows = new JournalWrite[writes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new JournalWrite(Values.StoredValue.Of(writes[i].Before)?.Mark ?? default, writes[i].After);
        }

        var segments = state.History.Segments;
        var isFirst = rows.Length > 0 && (segments.IsEmpty || segments[^1].Salt != Salt);
        return new JournalItem
        {
            Sequence = state.Sequence + (rows.Length > 0 ? 1 : 0),
            Clock = Core.Clock.Now().UtcTicks,
            Ahead = Core.Clock.Ahead.Ticks,
            Segment = isFirst ? new FeedSegment(Salt, state.Sequence) : null,
            Writes = rows,
        };
    }
}
