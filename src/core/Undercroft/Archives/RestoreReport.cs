namespace Undercroft.Archives;

/// <summary>What a restore has done.</summary>
/// <param name="Archive">What the archive holds.</param>
/// <param name="Written">Records and deletions written, by this run and by those it went on from.</param>
/// <param name="Kept">Records of the target that were left as they are, by this run and by those it went on
/// from.</param>
/// <param name="IsResumed">Whether it went on where an earlier run had stopped.</param>
public sealed record RestoreReport(ArchiveReport Archive, long Written, long Kept, bool IsResumed);
