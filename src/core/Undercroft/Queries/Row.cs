namespace Undercroft.Queries;

/// <summary>A record on its way through a query, with its place.</summary>
/// <param name="Record">The record.</param>
/// <param name="Key">The index key it was found under, or its sort key; empty where ids are the order.</param>
/// <param name="Position">The part of the key that orders it: without the prefix where stretches are merged.</param>
/// <param name="Source">The source it was found by.</param>
internal readonly record struct Row(
    StoreRecord Record, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Position, int Source);

/// <summary>A place among rows: the next page begins behind it.</summary>
internal sealed record RowPlace(int Source, ReadOnlyMemory<byte> Position, string Id);
