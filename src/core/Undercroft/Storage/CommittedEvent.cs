namespace Undercroft;

/// <summary>A commit was applied.</summary>
/// <param name="Commit">The commit as it reached the store.</param>
/// <param name="Result">Its revision, time and counters.</param>
public sealed record CommittedEvent(Commit Commit, CommitResult Result);
