using System.Globalization;

namespace Undercroft.Postgres.Schema;

/// <summary>Which columns puts need beside those that all have.</summary>
/// <param name="HasExpiry">Whether one expires.</param>
/// <param name="HasOrigin">Whether one has an origin.</param>
/// <param name="HasMeta">Whether one has a meta.</param>
/// <param name="Slots">The last column of keys that is used; 0 where there are no entries.</param>
internal readonly record struct PutShape(bool HasExpiry, bool HasOrigin, bool HasMeta, int Slots)
{
    /// <summary>How many there are.</summary>
    public const int Count = 8 * (Tables.Slots + 1);

    /// <summary>Its number, from 0.</summary>
    public int Number => (Slots * 8) + (HasExpiry ? 1 : 0) + (HasOrigin ? 2 : 0) + (HasMeta ? 4 : 0);

    /// <summary>Whether a column is among them.</summary>
    public bool Has(string column) => column switch
    {
        "expires" => HasExpiry,
        "origin" => HasOrigin,
        "meta" => HasMeta,
        "entries" => Slots > 0,
        _ => int.Parse(column.AsSpan(1), CultureInfo.InvariantCulture) <= Slots,
    };
}
