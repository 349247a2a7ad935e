using System.Globalization;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Schema;

/// <summary>The single statement that is a group of commits of one put each: no function, and one pass over the rows.
/// </summary>
/// <remarks>
/// The records are locked in the order of their keys, and each gets a revision of its own, drawn when its row is
/// locked. The writer's row keeps which were written: as verdicts -1 and the revisions, as holders the collections and
/// then the ids of the same records. What is missing there had a condition that does not hold, or needs more than this,
/// and nothing was written for it. Where the batch came before, the writer has no row yet or the server is on another
/// timeline, the statement fails (22012) and writes nothing.
/// <para>$1 tenant, $2 collections, $3 ids, $4 the commits' times, $5 the store's, $6 values, $7 writer, $8 batch,
/// $9 timeline, $10 level; where revisions are compared, $11 kinds of conditions and $12 revisions; then what the
/// group's <see cref="PutShape"/> has of expiries, origins, metas, entries and keys. Each column costs, whether or not
/// anything is in it: so there is a statement for each shape.</para>
/// </remarks>
internal sealed class PutsText(string schema)
{
    private const string Live = "NOT q.del AND (q.expires IS NULL OR q.expires > {0})";
    private const int Kinds = 4;

    private readonly string?[] texts = new string?[Kinds * PutShape.Count];

    /// <summary>The statement for a kind of puts; null where there is none.</summary>
    public string? For(PutKind kind, PutShape shape)
    {
        if (kind == PutKind.None)
        {
            return null;
        }

        // Two that make it at once make the same.
        ref var text = ref texts[((int)kind * PutShape.Count) + shape.Number];
        return Volatile.Read(ref text) is { } made ? made : text = Make(kind, shape);
    }

    private string Make(PutKind kind, PutShape shape) => kind switch
    {
        PutKind.Any => Upsert(shape, "true"),
        PutKind.Absent => Upsert(shape, $"NOT ({Lives("excluded.updated")})"),
        _ => Update(shape),
    };

    // What is there comes first and then what is new, each in order: so the function takes its locks, too.
    private string Upsert(PutShape shape, string condition) => $"""
        WITH p AS (
            INSERT INTO "{schema}".records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires, origin,
                meta, entries, {List("k{0}")}, v)
            SELECT $1, w.c, w.id, nextval('"{schema}".revisions'), pg_current_xact_id(), $5, false, false,
                w.now, w.now, {Values(shape)}, w.v
            FROM unnest({Columns(shape, 11)}) w({Names(shape)})
            LEFT JOIN LATERAL (
                SELECT true AS lives FROM "{schema}".records r WHERE r.t = $1 AND r.c = w.c AND r.id = w.id LIMIT 1)
                e ON true
            ORDER BY e.lives NULLS LAST, w.c, w.id
            ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('"{schema}".revisions'), xid = excluded.xid,
                at = excluded.at, del = false, many = false,
                created = CASE WHEN {Lives("excluded.updated")} THEN q.created ELSE excluded.created END,
                updated = excluded.updated, expires = excluded.expires, origin = excluded.origin,
                meta = excluded.meta, entries = excluded.entries, {List("k{0} = excluded.k{0}")}, v = excluded.v
            WHERE NOT q.many AND {condition}
            RETURNING q.c, q.id, q.rev),
        {Rest()}
        """;

    // Locked first, in order; then written. An update alone would lock in the order of its plan.
    private string Update(PutShape shape) => $"""
        WITH l AS MATERIALIZED (
            SELECT w.* FROM unnest({Columns(shape, 13)}, (SELECT $11::int[]), (SELECT $12::bigint[]))
                w({Names(shape)}, cond, known)
            JOIN "{schema}".records q ON q.t = $1 AND q.c = w.c AND q.id = w.id
            ORDER BY q.c, q.id FOR UPDATE OF q),
        p AS (
            UPDATE "{schema}".records q SET rev = nextval('"{schema}".revisions'), xid = pg_current_xact_id(),
                at = $5, del = false, many = false, updated = w.now,
                (expires, origin, meta, entries, {List("k{0}")}) = ROW({Values(shape)}), v = w.v
            FROM l w
            WHERE q.t = $1 AND q.c = w.c AND q.id = w.id AND {Lives("w.now")} AND NOT q.many
                AND (w.cond = 2 OR q.rev = w.known)
            RETURNING q.c, q.id, q.rev),
        {Rest()}
        """;

    // The quotient is an error where the row of the writer was not set: then nothing was written.
    private string Rest() => $$"""
        j AS MATERIALIZED (
            SELECT ARRAY[-1]::bigint[] || array_agg(p.rev) AS verdicts,
                coalesce(array_agg(p.c) || array_agg(p.id), '{}') AS keys FROM p),
        k AS (
            UPDATE "{{schema}}".writers w SET used = $5, batch = $8, holders = ARRAY[j.keys::text],
                verdicts = ARRAY[j.verdicts::text]
            FROM j WHERE w.t = $1 AND w.writer = $7 AND w.batch < $8 AND {{PutText.Timeline}} = $9
            RETURNING 1)
        SELECT j.verdicts, j.keys, set_config('synchronous_commit', $10, true), 1 / (SELECT count(*) FROM k) FROM j
        """;

    // In a subquery the planner does not see how many there are: it would plan each call anew, at the price of several.
    private static string Columns(PutShape shape, int next)
    {
        var types = new List<string> { "$2::text", "$3::text", "$4::bigint", "$6::bytea" };
        types.AddRange(Optional(shape).Select(one => Format($"${{0}}::{one.Type}", next++)));
        return string.Join(", ", types.Select(static type => $"(SELECT {type}[])"));
    }

    private static string Names(PutShape shape) =>
        string.Join(", ", [.. (string[])["c", "id", "now", "v"], .. Optional(shape).Select(static one => one.Name)]);

    private static IEnumerable<(string Name, string Type)> Optional(PutShape shape) =>
        All().Where(one => shape.Has(one.Name)).Select(static one => (one.Name, one.Type));

    private static string Values(PutShape shape) => string.Join(
        ", ", All().Select(one => shape.Has(one.Name) ? $"w.{one.Name}" : $"NULL::{one.Type}"));

    private static IEnumerable<(string Name, string Type)> All() =>
    [
        ("expires", "bigint"), ("origin", "bytea"), ("meta", "bytea"), ("entries", "bytea"),
        .. Enumerable.Range(1, Tables.Slots).Select(static i => (Format("k{0}", i), "bytea")),
    ];

    private static string Lives(string now) => Format(Live, now);

    private static string List(string form) =>
        string.Join(", ", Enumerable.Range(1, Tables.Slots).Select(i => Format(form, i)));

    private static string Format(string form, object value) =>
        string.Format(CultureInfo.InvariantCulture, form, value);
}
