using System.Globalization;

namespace Undercroft;

/// <summary>The sequence number of the commit that last wrote a record: ETag and compare-and-swap token in one.
/// </summary>
/// <param name="Value">The number; it grows with every commit of a store and is never used twice.</param>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>No revision: the record does not exist.</summary>
    public static Revision None => default;

    /// <inheritdoc/>
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <summary>Writes the revision as <c>r42</c>, the form messages use.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"r{Value}");
}
