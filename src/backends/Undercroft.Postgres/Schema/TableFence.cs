using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Undercroft.Postgres.Schema;

/// <summary>Lets statements run only in the tables that their store was opened on: those of a dump restored since have
/// the same names, and other tenants, indexes and revisions.</summary>
/// <remarks>
/// In place of the tenant a statement has a choice that the server makes when it plans: where the name of the records
/// still stands for the same table, nothing of it is left in the plan. Where it does not, the server plans anew, as for
/// every statement on a table that has gone, and fails before anything is read or written. So it costs no round trip,
/// no statement and no time.
/// </remarks>
/// <param name="schema">The schema.</param>
/// <param name="table">The number of the table of records; null where statements are to run in any.</param>
internal sealed partial class TableFence(string schema, uint? table)
{
    private const string Marker = "undercroft: other tables";
    private const int KeptMax = 1_000;

    // Statements of scans are put together for each call; there are not many of them.
    private readonly ConcurrentDictionary<string, string> kept = new(StringComparer.Ordinal);

    // What a pattern is replaced by: $$ stands for $.
    private readonly string tenant = string.Create(
        CultureInfo.InvariantCulture,
        $"(CASE WHEN '{SqlText.Quote(schema)}.records'::regclass = '{table}'::oid THEN $$1 ") +
        $"ELSE '{Marker}'::text::int END)";

    /// <summary>Makes a statement, whose first parameter is the tenant, one that runs in these tables only.</summary>
    public string Over(string text)
    {
        if (table is null)
        {
            return text;
        }

        if (!kept.TryGetValue(text, out var made))
        {
            made = Tenant().Replace(text, tenant);
            if (kept.Count < KeptMax)
            {
                _ = kept.TryAdd(text, made);
            }
        }

        return made;
    }

    /// <summary>The same for one that only calls functions. They would wait for the tables when the choice is made: so
    /// it waits for them itself.</summary>
    public string OverCall(string text) =>
        table is null ? text : $"WITH fence AS (SELECT FROM {SqlText.Quote(schema)}.records) {Over(text)}";

    /// <summary>Whether an error is that of a statement in other tables.</summary>
    public static bool IsBroken(PostgresException error) =>
        error.SqlState == PostgresErrorCodes.InvalidTextRepresentation &&
        error.MessageText.Contains(Marker, StringComparison.Ordinal);

    [GeneratedRegex(@"\$1\b", RegexOptions.CultureInvariant)]
    private static partial Regex Tenant();
}
