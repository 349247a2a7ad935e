using System.Globalization;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Schema;

/// <summary>The single statement that is a commit of one put: no function, no second round trip.</summary>
/// <remarks>
/// It writes the record and the writer's row together, and gives the verdict in the form of
/// <see cref="CommitFunction"/>. It gives no row where the condition does not hold or the record needs more than this,
/// and fails (22012) where the batch came before or the server is on another segment: the function is asked then,
/// which tells. The revision is drawn when the record's row is locked.
/// <para>Rows are found by <c>ON CONFLICT</c> or by a range of one id and its order, and so by their primary keys,
/// whatever a plan was made for. A parameter that most puts have no use for costs as much as one that they have:
/// there is a form for each <see cref="PutShape"/>.</para>
/// <para>$1 tenant, $2 collection, $3 id, $4 the commit's time, $5 the store's, $6 value, $7 writer, $8 batch,
/// $9 segment, $10 level, $11 entries; then as many keys as the shape has, what only <see cref="PutShape.Full"/> has
/// (the times given, the expiry, the origin, the meta), and, where it is compared, the revision.</para>
/// </remarks>
internal sealed class PutText(string schema, TableFence fence)
{
    private const int Shapes = (int)PutShape.Full + 1;
    private const int First = 12;
    private const string Live = "NOT q.del AND (q.expires IS NULL OR q.expires > $4)";

    private readonly string?[] texts = new string[((int)WriteConditionKind.Revision + 1) * Shapes * 2];

    /// <summary>The state of a statement whose writer's row could not be set.</summary>
    public const string WriterNotSet = "22012";

    /// <summary>How many keys a shape has room for.</summary>
    public static int KeysOf(PutShape shape) => shape switch
    {
        PutShape.Bare => 0,
        PutShape.Half => Tables.Slots / 2,
        _ => Tables.Slots,
    };

    /// <summary>The statement for a condition; null where there is none.</summary>
    /// <param name="kind">The condition.</param>
    /// <param name="shape">What is given.</param>
    /// <param name="isMarked">Whether the session is one of <see cref="MarkedSessions"/>.</param>
    public string? For(WriteConditionKind kind, PutShape shape, bool isMarked)
    {
        if (kind > WriteConditionKind.Revision)
        {
            return null;
        }

        ref var text = ref texts[(((int)kind * Shapes) + (int)shape) * 2 + (isMarked ? 1 : 0)];
        return text ??= fence.Over(Make(kind, shape, isMarked));
    }

    private string Make(WriteConditionKind kind, PutShape shape, bool isMarked)
    {
        var keys = KeysOf(shape);
        var isFull = shape == PutShape.Full;
        var after = First + keys;
        var (created, updated) = isFull ? (Cast(after, "bigint"), Cast(after + 1, "bigint")) : (null, null);
        var (expires, origin, meta) = isFull
            ? (Cast(after + 2, "bigint"), Cast(after + 3, "bytea"), Cast(after + 4, "bytea"))
            : ("NULL", "NULL", "NULL");
        var slots = string.Join(", ", Enumerable.Range(0, Tables.Slots).Select(
            i => i < keys ? Cast(First + i, "bytea") : "NULL"));
        var isOver = kind is WriteConditionKind.Present or WriteConditionKind.Revision;
        var condition = kind switch
        {
            WriteConditionKind.Absent => $"NOT q.many AND NOT ({Live})",
            WriteConditionKind.Revision => $"NOT q.many AND q.rev = ${after + (isFull ? 5 : 0)}",
            _ => "NOT q.many",
        };

        // Where something must be there, it is looked at and locked first, and then written in the same way.
        var row = $"""
            $1, $2, $3, {(isOver ? "0" : $"nextval('\"{schema}\".revisions')")}, pg_current_xact_id(), $5, false, false,
                {Coalesce(created, updated, "$4")}, {Coalesce(updated, "$4")}, {expires}, {origin}, {meta}, $11,
                {slots}, $6
            """;
        return $"""
            WITH p AS (
                INSERT INTO "{schema}".records AS q (t, c, id, rev, xid, at, del, many, created, updated, expires,
                    origin, meta, entries, {PutsText.List("k{0}")}, v)
                {(isOver ? $"SELECT {row} FROM ({Held}) q WHERE {Live} AND {condition}" : $"VALUES ({row})")}
                ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('"{schema}".revisions'), xid = excluded.xid,
                    at = excluded.at, del = false, many = false,
                    created = {Coalesce(created, $"CASE WHEN {Live} THEN q.created END", "excluded.created")},
                    updated = excluded.updated, expires = excluded.expires, origin = excluded.origin,
                    meta = excluded.meta, entries = excluded.entries,
                    {PutsText.List("k{0} = excluded.k{0}")}, v = excluded.v
                {(isOver ? string.Empty : $"WHERE {condition}")}
                RETURNING q.rev)
            {Keep(schema, "$7", "$8", "$9", "$10", "'{0,' || p.rev || ',0}'", "p.rev", "p", isMarked)}
            """;
    }

    private string Held => $"""
        SELECT r.del, r.expires, r.many, r.rev FROM "{schema}".records r
        WHERE r.t = $1 AND r.c = $2 AND r.id >= $3 AND r.id <= $3 ORDER BY r.id LIMIT 1 FOR UPDATE
        """;

    /// <summary>Keeps the verdicts of a batch in the writer's row, and gives them.</summary>
    /// <remarks>An error where the batch came before, or the server is on another segment: then nothing was written.
    /// The numbers divided by are nought, of columns, so that no plan can come upon that. To set what is set costs more
    /// than to look, and to call a function more than to compare a word: a marked session is asked for its mark and its
    /// level, and for another level than its own the longer form is there.</remarks>
    public static string Keep(
        string schema, string writer, string batch, string segment, string level, string verdicts, string number,
        string from, bool isMarked)
    {
        var holds = isMarked
            ? $"current_setting('{MarkedSessions.Setting}', true) = {segment} " +
                $"AND current_setting('synchronous_commit') = {level}"
            : $"\"{schema}\".segment_v1() = {segment}";
        var setsLevel = isMarked
            ? string.Empty
            : $"""
                , CASE WHEN current_setting('synchronous_commit') <> {level}
                    THEN set_config('synchronous_commit', {level}, true) END
                """;
        return $$"""
            INSERT INTO "{{schema}}".writers AS w (t, writer, used, batch, verdicts, holders)
            SELECT $1, {{writer}}, $5,
                CASE WHEN {{holds}} THEN {{batch}} ELSE {{batch}} / ({{number}} - {{number}}) END,
                ARRAY[{{verdicts}}], '{"{}"}' FROM {{from}}
            ON CONFLICT (t, writer) DO UPDATE SET used = excluded.used,
                batch = CASE WHEN w.batch < excluded.batch THEN excluded.batch ELSE excluded.batch / (w.t - w.t) END,
                verdicts = excluded.verdicts, holders = excluded.holders
            RETURNING w.verdicts[1]{{setsLevel}}
            """;
    }

    private static string Cast(int number, string type) =>
        string.Create(CultureInfo.InvariantCulture, $"${number}::{type}");

    private static string Coalesce(params string?[] values)
    {
        var given = values.Where(static value => value is not null).ToArray();
        return given.Length == 1 ? given[0]! : $"coalesce({string.Join(", ", given)})";
    }
}
