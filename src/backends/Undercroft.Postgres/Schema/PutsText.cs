using System.Globalization;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Schema;

/// <summary>The single statement that is a group of commits of one put each: no function, and one pass over the rows.
/// </summary>
/// <remarks>
/// The records are locked in the order of their keys, and each gets a revision of its own, drawn when its row is
/// locked. The writer's row keeps a verdict for each commit, in the form of <see cref="CommitFunction"/>: 5 where a
/// condition does not hold or the record needs more than this, so that nothing was written for it. Where the batch came
/// before, or the server is on another segment, the statement fails (22012) and writes nothing.
/// <para>$1 tenant, $2 collections, $3 ids, $4 the commits' times, $5 the store's, $6 expiries, $7 origins, $8 metas,
/// $9 entries, $10 to $17 keys, $18 values, $19 writer, $20 batch, $21 segment, $22 level; where revisions are
/// compared, $23 kinds of conditions and $24 revisions.</para>
/// </remarks>
internal sealed class PutsText(string schema, TableFence fence)
{
    private const string Live = "NOT q.del AND (q.expires IS NULL OR q.expires > {0})";

    private readonly Forms plain = new(schema, fence, isMarked: false);
    private readonly Forms marked = new(schema, fence, isMarked: true);

    /// <summary>The statement for a kind of puts; null where there is none.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="isMarked">Whether the session is one of <see cref="MarkedSessions"/>.</param>
    public string? For(PutKind kind, bool isMarked)
    {
        var forms = isMarked ? marked : plain;
        return kind switch
        {
            PutKind.Any => forms.Any,
            PutKind.Absent => forms.Absent,
            PutKind.Match => forms.Match,
            _ => null,
        };
    }

    /// <summary>The part of a statement that writes what may be there or not. What is there comes first and then what
    /// is new, each in order: so the function takes its locks, too.</summary>
    /// <param name="schema">The schema, quoted.</param>
    /// <param name="condition">What a record <c>q</c> that is there must be.</param>
    /// <param name="first">What must hold before anything is written.</param>
    internal static string Put(string schema, string condition, string first = "true") => $"""
        p AS (
            INSERT INTO {schema}.records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires, origin,
                meta, entries, {List("k{0}")}, v)
            SELECT $1, w.c, w.id, nextval('{schema}.revisions'), pg_current_xact_id(), $5, false, false,
                w.now, w.now, w.expires, w.origin, w.meta, w.entries, {List("w.k{0}")}, w.v
            FROM unnest({Columns()}) w({Names()})
            LEFT JOIN LATERAL (SELECT true AS lives {Record(schema)}) e ON true
            WHERE {first}
            ORDER BY e.lives NULLS LAST, w.c, w.id
            ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('{schema}.revisions'), xid = excluded.xid,
                at = excluded.at, del = false, many = false,
                created = CASE WHEN {Lives("excluded.updated")} THEN q.created ELSE excluded.created END,
                updated = excluded.updated, expires = excluded.expires, origin = excluded.origin,
                meta = excluded.meta, entries = excluded.entries, {List("k{0} = excluded.k{0}")}, v = excluded.v
            WHERE NOT q.many AND {condition}
            RETURNING q.c, q.id, q.rev),

        """;

    /// <summary>The part of a statement that writes over what must be there: looked for and locked first, in order, so
    /// that each is there, and then written as one that is.</summary>
    /// <param name="schema">The schema, quoted.</param>
    /// <param name="kinds">The parameter with the kinds of conditions.</param>
    /// <param name="revisions">The parameter with the revisions compared.</param>
    /// <param name="first">What must hold before anything is locked.</param>
    internal static string Match(string schema, string kinds, string revisions, string first = "true") => $"""
        l AS MATERIALIZED (
            SELECT w.*, e.* FROM (
                SELECT * FROM unnest({Columns()}, (SELECT {kinds}::int[]), (SELECT {revisions}::bigint[]))
                    u({Names()}, cond, known)
                WHERE {first} ORDER BY u.c, u.id) w
            CROSS JOIN LATERAL (SELECT r.del, r.expires AS gone, r.many, r.rev {Record(schema)} FOR UPDATE) e),
        p AS (
            INSERT INTO {schema}.records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires, origin,
                meta, entries, {List("k{0}")}, v)
            SELECT $1, l.c, l.id, 0, pg_current_xact_id(), $5, false, false, l.now, l.now, l.expires, l.origin, l.meta,
                l.entries, {List("l.k{0}")}, l.v
            FROM l WHERE NOT l.del AND (l.gone IS NULL OR l.gone > l.now) AND NOT l.many
                AND (l.cond = 2 OR l.rev = l.known)
            ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('{schema}.revisions'), xid = excluded.xid,
                at = excluded.at, del = false, many = false,
                updated = excluded.updated, expires = excluded.expires, origin = excluded.origin,
                meta = excluded.meta, entries = excluded.entries, {List("k{0} = excluded.k{0}")}, v = excluded.v
            RETURNING q.c, q.id, q.rev),

        """;

    private static string Rest(string schema, bool isMarked) => $$"""
        j AS MATERIALIZED (
            SELECT '{' || string_agg(CASE WHEN p.rev IS NULL THEN '5,0,0' ELSE '0,' || p.rev || ',0' END,
                ',' ORDER BY w.o) || '}' AS verdicts
            FROM unnest((SELECT $2), (SELECT $3)) WITH ORDINALITY w(c, id, o) LEFT JOIN p ON p.c = w.c AND p.id = w.id)
        {{PutText.Keep(schema, "$19", "$20", "$21", "$22", "j.verdicts", "length(j.verdicts)", "j", isMarked)}}
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
        "ORDER BY r.id";

    internal static string Lives(string now) => Format(Live, now);

    internal static string List(string form) =>
        string.Join(", ", Enumerable.Range(1, Tables.Slots).Select(i => Format(form, i)));

    private static string Format(string form, object value) =>
        string.Format(CultureInfo.InvariantCulture, form, value);

    private sealed class Forms(string schema, TableFence fence, bool isMarked)
    {
        private readonly string rest = Rest(schema, isMarked);

        public string Any => field ??= Make(Put($"\"{schema}\"", "true"));

        public string Absent => field ??= Make(Put($"\"{schema}\"", $"NOT ({Lives("excluded.updated")})"));

        public string Match => field ??= Make(PutsText.Match($"\"{schema}\"", "$23", "$24"));

        private string Make(string puts) => fence.Over($"WITH {puts}{rest}");
    }
}
