namespace Undercroft;

/// <summary>Identifies a commit across retries.</summary>
/// <param name="Client">The client instance: unique to one run of one client.</param>
/// <param name="Number">The client's own number for the commit; never used for another one.</param>
public readonly record struct CommitIdentity(Guid Client, long Number);
