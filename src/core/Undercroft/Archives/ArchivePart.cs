namespace Undercroft.Archives;

/// <summary>A part of an archive, checked.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="IsChange">Whether it holds changes.</param>
/// <param name="Records">The records.</param>
internal sealed record ArchivePart(int Number, bool IsChange, IReadOnlyList<StoreRecord> Records);
