namespace Undercroft.Backends;

/// <summary>One record to write.</summary>
/// <param name="Before">The record or tombstone it replaces; null where there was none.</param>
/// <param name="After">The record or tombstone as it will be, entries in order and each once.</param>
public readonly record struct PlannedWrite(StoreRecord? Before, StoreRecord After);
