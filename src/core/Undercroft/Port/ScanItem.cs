namespace Undercroft;

/// <summary>A record of a scan and the place it was found at.</summary>
/// <param name="Record">The record.</param>
/// <param name="EntryKey">The index key it was found under; empty in a scan by id.</param>
public readonly record struct ScanItem(StoreRecord Record, ReadOnlyMemory<byte> EntryKey);
