namespace Undercroft.Conformance.Histories;

/// <summary>One call of one client: what it asked, what it was told, and when, on a clock all clients share.</summary>
/// <param name="Client">The client.</param>
/// <param name="Invoked">When the call began.</param>
/// <param name="Returned">When it had ended.</param>
internal abstract record Observation(int Client, long Invoked, long Returned);

/// <summary>A commit and its result.</summary>
internal sealed record CommitObservation(int Client, long Invoked, long Returned, Commit Commit, CommitResult Result)
    : Observation(Client, Invoked, Returned)
{
    /// <summary>Whether it has a place of its own in the order of commits: it has written something.</summary>
    public bool HasWritten => Result.IsCommitted && Commit.Operations.Any(static operation => operation.IsWrite);
}

/// <summary>A read of keys, or a scan of them all, and what was found; null where nothing was.</summary>
internal sealed record ReadObservation(
    int Client, long Invoked, long Returned, IReadOnlyList<(RecordKey Key, Revision Revision, string Value)> Found)
    : Observation(Client, Invoked, Returned);
