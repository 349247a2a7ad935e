using System.Globalization;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Schema;

/// <summary>The single statement that is a group of commits of one put each: no function, and one pass over the rows.
/// </summary>
/// <remarks>
/// The records are locked in the order of their keys, and each gets a revision of its own, drawn when its row is
/// locked. The writer's row keeps a verdict for each commit, in the form of <see cref="CommitFunction"/>: 5 where a
/// condition does not hold or the record needs more than this, so that nothing was written for it. Where the batch came
/// before, the writer has no row yet or the server is on another timeline, the statement fails (22012) and writes
/// nothing.
/// <para>$1 tenant, $2 collections, $3 ids, $4 the commits' times, $5 the store's, $6 expiries, $7 origins, $8 metas,
/// $9 entries, $10 to $17 keys, $18 values, $19 writer, $20 batch, $21 timeline, $22 level; where revisions are
/// compared, $23 kinds of conditions and $24 revisions.</para>
/// </remarks>
internal sealed class PutsText(string schema)
{
    private const string Live = "NOT q.del AND (q.expires IS NULL OR q.expires > {0})";

    private readonly string any = Upsert(schema, "true");
    private readonly string absent = Upsert(schema, $"NOT ({Lives("excluded.updated")})");
    private readonly string match = Update(schema);

    /// <summary>The statement for a kind of puts; null where there is none.</summary>
    public string? For(PutKind kind) => kind switch
    {
        PutKind.Any => any,
        PutKind.Absent => absent,
        PutKind.Match => match,
        _ => null,
    };

    // What is there comes first and then what is new, each in order: so the function takes its locks, too.
    private static string Upsert(string schema, string condition) => $"""
        WITH p AS (
            INSERT INTO "{schema}".records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires, origin,
                meta, entries, {List("k{0}")}, v)
            SELECT $1, w.c, w.id, nextval('"{schema}".revisions'), pg_current_xact_id(), $5, false, false,
                w.now, w.now, w.expires, w.origin, w.meta, w.entries, {List("w.k{0}")}, w.v
            FROM unnest({Columns()}) w({Names()})
            LEFT JOIN LATERAL (SELECT true AS lives {Record($"\"{schema}\"")}) e ON true
            ORDER BY e.lives NULLS LAST, w.c, w.id
            ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('"{schema}".revisions'), xid = excluded.xid,
                at = excluded.at, del = false, many = false,
                created = CASE WHEN {Lives("excluded.updated")} THEN q.created ELSE excluded.created END,
                updated = excluded.updated, expires = excluded.expires, origin = excluded.origin,
                meta = excluded.meta, entries = excluded.entries, {List("k{0} = excluded.k{0}")}, v = excluded.v
            WHERE NOT q.many AND {condition}
            RETURNING q.c, q.id, q.rev),
        {Rest(schema)}
        """;

    // Locked first, in order; then written. An update alone would lock in the order of its plan.
    private static string Update(string schema) => $"""
        WITH l AS MATERIALIZED (
            SELECT w.* FROM unnest({Columns()}, (SELECT $23::int[]), (SELECT $24::bigint[])) w({Names()}, cond, known)
            JOIN "{schema}".records q ON q.t = $1 AND q.c = w.c AND q.id = w.id
            ORDER BY q.c, q.id FOR UPDATE OF q),
        p AS (
            UPDATE "{schema}".records q SET rev = nextval('"{schema}".revisions'), xid = pg_current_xact_id(),
                at = $5, del = false, many = false, updated = w.now, expires = w.expires, origin = w.origin,
                meta = w.meta, entries = w.entries, {List("k{0} = w.k{0}")}, v = w.v
            FROM l w
            WHERE q.t = $1 AND q.c = w.c AND q.id = w.id AND {Lives("w.now")} AND NOT q.many
                AND (w.cond = 2 OR q.rev = w.known)
            RETURNING q.c, q.id, q.rev),
        {Rest(schema)}
        """;

    // The quotient is an error where the row of the writer was not set: then nothing was written.
    private static string Rest(string schema) => $$"""
        j AS MATERIALIZED (
            SELECT '{' || string_agg(CASE WHEN p.rev IS NULL THEN '5,0,0' ELSE '0,' || p.rev || ',0' END,
                ',' ORDER BY w.o) || '}' AS verdicts
            FROM unnest((SELECT $2), (SELECT $3)) WITH ORDINALITY w(c, id, o) LEFT JOIN p ON p.c = w.c AND p.id = w.id),
        k AS (
            UPDATE "{{schema}}".writers w SET used = $5, batch = $20, holders = ARRAY[ARRAY[]::text[]::text],
                verdicts = ARRAY[j.verdicts]
            FROM j WHERE w.t = $1 AND w.writer = $19 AND w.batch < $20 AND {{PutText.Timeline}} = $21
            RETURNING 1)
        SELECT j.verdicts::bigint[], set_config('synchronous_commit', $22, true), 1 / (SELECT count(*) FROM k) FROM j
        """;

    // In a subquery the planner does not see how many there are: it would plan each call anew, at the price of several.
    internal static string Columns()
    {
        var types = (string[])
        [
            "$2::text", "$3::text", "$4::bigint", "$6::bigint", "$7::bytea", "$8::bytea", "$9::bytea",
            .. Enumerable.Range(10, Tables.Slots + 1).Select(static i => Format("${0}::bytea", i)),
        ];
        return string.Join(", ", types.Select(static type => $"(SELECT {type}[])"));
    }

    internal static string Names() => $"c, id, now, expires, origin, meta, entries, {List("k{0}")}, v";

    /// <summary>The record of a row <c>w</c>, in <c>r</c>: a range and its order, which only one index has.</summary>
    /// <remarks>A plan is made when the table is empty, and kept: asked for what is equal, it would take any index that
    /// begins with the tenant, and walk through all records ever after.</remarks>
    internal static string Record(string schema) =>
        $"FROM {schema}.records r WHERE r.t = $1 AND r.c = w.c AND r.id >= w.id AND r.id <= w.id " +
        "ORDER BY r.id LIMIT 1";

    internal static string Lives(string now) => Format(Live, now);

    internal static string List(string form) =>
        string.Join(", ", Enumerable.Range(1, Tables.Slots).Select(i => Format(form, i)));

    private static string Format(string form, object value) =>
        string.Format(CultureInfo.InvariantCulture, form, value);
}
