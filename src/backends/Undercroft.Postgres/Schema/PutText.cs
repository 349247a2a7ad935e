using System.Globalization;

namespace Undercroft.Postgres.Schema;

/// <summary>The single statement that is a commit of one put: no function, no second round trip.</summary>
/// <remarks>
/// It writes the record and the writer's row together. It gives no row where the condition does not hold or the record
/// needs more than this, and fails (22012) where the batch came before, the writer has no row yet or the server is on
/// another timeline: the function is asked then, which tells. The revision is drawn when the record's row is locked.
/// </remarks>
internal sealed class PutText(string schema)
{
    private static readonly string Slots = string.Join(
        ", ",
        Enumerable.Range(1, Tables.Slots).Select(static i => string.Create(CultureInfo.InvariantCulture, $"k{i}")));

    /// <summary>The state of a statement whose writer's row could not be set.</summary>
    public const string WriterNotSet = "22012";

    private readonly string any = Upsert(schema, "true");
    private readonly string absent = Upsert(schema, $"NOT ({Live})");
    private readonly string present = Update(schema, "$25::bigint IS NOT NULL");
    private readonly string revision = Update(schema, "q.rev = $25");

    /// <summary>The timeline of a server that takes writes: a standby refuses the statement before it comes to this.
    /// </summary>
    public const string Timeline = "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)";

    private const string Live = "NOT q.del AND (q.expires IS NULL OR q.expires > $4)";

    /// <summary>The statement for a condition; null where there is none.</summary>
    public string? For(WriteConditionKind kind) => kind switch
    {
        WriteConditionKind.Any => any,
        WriteConditionKind.Absent => absent,
        WriteConditionKind.Present => present,
        WriteConditionKind.Revision => revision,
        _ => null,
    };

    private static string Upsert(string schema, string condition) => $"""
        WITH p AS (
            INSERT INTO "{schema}".records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires, origin,
                meta, entries, {Slots}, v)
            VALUES ($1, $2, $3, nextval('"{schema}".revisions'), pg_current_xact_id(), $5, false, false,
                coalesce($6, $7, $4), coalesce($7, $4), $8, $9, $10, $11,
                $12, $13, $14, $15, $16, $17, $18, $19, $20)
            ON CONFLICT (t, c, id) DO UPDATE SET {Assignments(schema)}
            WHERE NOT q.many AND {condition}
            RETURNING q.rev)
        {Rest(schema, "$25::bigint IS NOT NULL")}
        """;

    private static string Update(string schema, string condition) => $"""
        WITH p AS (
            UPDATE "{schema}".records q SET {Assignments(schema)}
            WHERE q.t = $1 AND q.c = $2 AND q.id = $3 AND {Live} AND NOT q.many AND {condition}
            RETURNING q.rev)
        {Rest(schema, "true")}
        """;

    private static string Assignments(string schema) => $"""
        rev = nextval('"{schema}".revisions'), xid = pg_current_xact_id(), at = $5, del = false, many = false,
            created = coalesce($6, CASE WHEN {Live} THEN q.created END, $7, $4), updated = coalesce($7, $4),
            expires = $8, origin = $9, meta = $10, entries = $11, k1 = $12, k2 = $13, k3 = $14, k4 = $15, k5 = $16,
            k6 = $17, k7 = $18, k8 = $19, v = $20
        """;

    // The quotient is an error where the row of the writer was not set: then nothing was written.
    private static string Rest(string schema, string always) => $"""
        , w AS (
            UPDATE "{schema}".writers w SET used = $5, batch = $22, holders = ARRAY[ARRAY[]::text[]::text],
                verdicts = ARRAY[ARRAY[0, p.rev, 0]::text]
            FROM p WHERE w.t = $1 AND w.writer = $21 AND w.batch < $22 AND {Timeline} = $23
            RETURNING 1)
        SELECT p.rev, set_config('synchronous_commit', $24, true), 1 / (SELECT count(*) FROM w)
        FROM p WHERE {always}
        """;
}
