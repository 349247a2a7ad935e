namespace Undercroft;

/// <summary>One key under which a record is found in an index of its collection.</summary>
/// <remarks>The store compares keys byte by byte and gives them no meaning. A record may have several entries in one
/// index (an array gives one per element); two equal entries of one record count once.</remarks>
/// <param name="Index">The index's name, within the collection.</param>
/// <param name="Key">The order-preserving key.</param>
/// <param name="IsUnique">Whether no other live record of the collection may hold this key in this index.</param>
public readonly record struct IndexEntry(string Index, ReadOnlyMemory<byte> Key, bool IsUnique = false)
{
    /// <summary>Compares by content: name, bytes and uniqueness.</summary>
    public bool Equals(IndexEntry other) =>
        IsUnique == other.IsUnique && Index == other.Index && Key.Span.SequenceEqual(other.Key.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Index, StringComparer.Ordinal);
        hash.AddBytes(Key.Span);
        return hash.ToHashCode();
    }
}
