namespace Undercroft.Archives;

/// <summary>What became of a file that an archive was written to.</summary>
/// <param name="Archive">What it holds.</param>
/// <param name="IsResumed">Whether an earlier call had begun it.</param>
public sealed record ArchiveFileReport(ArchiveReport Archive, bool IsResumed);
