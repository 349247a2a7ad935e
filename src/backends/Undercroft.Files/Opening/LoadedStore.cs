using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.State;

namespace Undercroft.Files.Opening;

/// <summary>A store as index and journal have it, before anybody has looked at the tree.</summary>
/// <param name="State">What it knows.</param>
/// <param name="Head">Where it stands; null where the index was lost and the state is only what the journal holds.
/// </param>
/// <param name="Index">The beginning of the index file; null where it was lost.</param>
/// <param name="IsNew">Whether nothing was ever committed to it, nor lost of it: a first opening, perhaps one that was
/// cut short.</param>
/// <param name="FreshLength">How long the index would be, about, written anew.</param>
/// <param name="Traces">The records written by commits in the journal.</param>
/// <param name="Journal">The journal's segments.</param>
internal sealed record LoadedStore(
    StoreState State,
    Head? Head,
    FrameHeader? Index,
    bool IsNew,
    long FreshLength,
    IReadOnlyDictionary<RecordKey, JournalTrace> Traces,
    IReadOnlyList<LoadedSegment> Journal);

/// <summary>A segment of the journal as it was read.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Path">Its file.</param>
/// <param name="End">Where its last whole frame ends; 0 where not even its beginning is whole.</param>
/// <param name="IsTorn">Whether a frame follows that was cut off: to be cut away.</param>
internal sealed record LoadedSegment(long Number, string Path, long End, bool IsTorn);
