namespace Undercroft.Postgres.Schema;

/// <summary>Where the keys of an index are.</summary>
/// <param name="Number">Its number, in the table of entries.</param>
/// <param name="Slot">The column of records for what has one key; null where there was none left.</param>
internal readonly record struct IndexPlace(int Number, int? Slot);
