using Undercroft.Postgres.Writing;
using static Undercroft.Postgres.Schema.PutsText;

namespace Undercroft.Postgres.Schema;

/// <summary>The beginning of a statement that writes documents, one put of each commit, and then changes jobs: one pass
/// over the rows, as <see cref="PutsText"/> has it, under the tenant's lock of jobs.</summary>
/// <remarks>
/// <c>j</c> has the verdicts in the form of <see cref="CommitFunction"/>, and <c>k</c> has a row where every put was
/// done and the writer's row keeps the verdicts. Where it has none, because a condition does not hold, a record needs
/// more than this, the batch came before, the writer has no row yet or the server is on another segment, nothing may
/// be kept, and the statement is to fail: the functions tell then.
/// <para>$1 tenant, $2 collections, $3 ids, $4 the commits' times, $5 the store's, $6 expiries, $7 origins, $8 metas,
/// $9 entries, $10 to $17 keys, $18 values, $19 writer, $20 batch, $21 segment, $22 kinds of conditions and
/// $23 revisions, which only <see cref="PutKind.Match"/> looks at.</para>
/// </remarks>
internal sealed class JobPutsText(string schema)
{
    /// <summary>How many parameters it has.</summary>
    public const int Parameters = 23;

    // Before all else: whoever writes jobs takes the locks of records under that one.
    private const string Locked = "(SELECT g.t FROM g) IS NOT NULL";

    /// <summary>The text for a kind of puts; null where there is none.</summary>
    public string? For(PutKind kind) => kind switch
    {
        PutKind.Any => $"{Lock}{Put(schema, "true", Locked)}{Rest}",
        PutKind.Absent => $"{Lock}{Put(schema, $"NOT ({Lives("excluded.updated")})", Locked)}{Rest}",
        PutKind.Match => $"{Lock}{Match(schema, "$22", "$23", Locked)}{Rest}",
        _ => null,
    };

    private string Lock => $"WITH g AS MATERIALIZED (SELECT {schema}.jobs_lock_v1($1) AS t),\n";

    private string Rest => $$"""
        j AS MATERIALIZED (
            SELECT '{' || string_agg('0,' || p.rev || ',0', ',' ORDER BY w.o) || '}' AS verdicts,
                bool_and(p.rev IS NOT NULL) AS all_done
            FROM unnest((SELECT $2), (SELECT $3)) WITH ORDINALITY w(c, id, o) LEFT JOIN p ON p.c = w.c AND p.id = w.id),
        k AS (
            UPDATE {{schema}}.writers w SET used = $5, batch = $20, holders = ARRAY[ARRAY[]::text[]::text],
                verdicts = ARRAY[j.verdicts]
            FROM j WHERE j.all_done AND w.t = $1 AND w.writer = $19 AND w.batch < $20
                AND {{schema}}.segment_v1() = $21
            RETURNING 1)

        """;
}
