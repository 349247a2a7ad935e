namespace Undercroft;

/// <summary>A place in a scan, by value and not by number: stable while others write.</summary>
/// <param name="EntryKey">The index key; empty in a scan by id.</param>
/// <param name="Id">The id, which decides among equal index keys.</param>
public sealed record ScanPosition(ReadOnlyMemory<byte> EntryKey, string Id);
