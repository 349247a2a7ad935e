namespace Undercroft;

/// <summary>One operation of a commit that could not be applied.</summary>
/// <param name="Operation">The position in <see cref="Commit.Operations"/>.</param>
/// <param name="Key">The record the operation is about.</param>
/// <param name="Kind">Why it failed.</param>
/// <param name="Found">The revision found at the key; <see cref="Revision.None"/> where no live record is.</param>
/// <param name="Index">For <see cref="ConflictKind.Unique"/>, the index; otherwise null.</param>
/// <param name="Holder">For <see cref="ConflictKind.Unique"/>, the record that holds the key; otherwise null.</param>
public sealed record CommitConflict(
    int Operation, RecordKey Key, ConflictKind Kind, Revision Found, string? Index = null, RecordKey? Holder = null);
