using System.Globalization;

namespace Undercroft.Postgres.Schema;

/// <summary>Which tables a store is in. A dump that is restored makes others, with the same names.</summary>
/// <param name="Place">The server and the database: their numbers.</param>
/// <param name="Table">The number of the table of records.</param>
internal sealed record TableHome(string Place, uint Table)
{
    /// <summary>Asks a server for the place, as a value of a statement.</summary>
    public const string Server =
        "(SELECT concat_ws(' ', c.system_identifier, d.oid) FROM pg_control_system() c, pg_database d " +
        "WHERE d.datname = current_database())";

    /// <summary>Reads what the server has given: three numbers.</summary>
    public static TableHome Parse(string text)
    {
        var last = text.LastIndexOf(' ');
        return new TableHome(text[..last], uint.Parse(text.AsSpan(last + 1), CultureInfo.InvariantCulture));
    }
}
