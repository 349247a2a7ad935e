using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Schema;

/// <summary>The statements that keep what was decided about jobs, with the documents that go with it.</summary>
/// <remarks>
/// Each is one statement: either the server has all of it, or it has not begun. Documents that are one put each are
/// written by <see cref="JobPutsText"/>, and all others by <see cref="CommitFunction"/>; then comes
/// <see cref="JobApplyFunction"/>. What others are to hear goes with the transaction itself, so that they hear it when
/// it is there to be seen, and not a round trip later: the channel and the word are the last two parameters then.
/// </remarks>
internal sealed class JobKeepText
{
    private readonly SqlText sql;
    private readonly (string Plain, string Telling) apply;
    private readonly (string Plain, string Telling) withDocuments;
    private readonly Dictionary<PutKind, (string Plain, string Telling)> withPuts = [];

    public JobKeepText(SqlText sql)
    {
        this.sql = sql;
        var documents = $"{CommitFunction.Name}(l.t, {Places(2, SqlText.CommitParameters - 1)})";
        Documents = sql.Fence.OverCall(
            $"SELECT c.v, c.x FROM {sql.Schema}.jobs_lock_v1($1) l(t) CROSS JOIN LATERAL {sql.Schema}.{documents} c");
        apply = Keep("SELECT ", "", "", 0);

        // The lock first, then the documents: each needs what the one before it gives.
        withDocuments = Keep(
            "SELECT c.v, c.x, ",
            $"{sql.Schema}.jobs_lock_v1($1) l(t) CROSS JOIN LATERAL {sql.Schema}.{documents} c CROSS JOIN LATERAL ",
            " + 0 * cardinality(c.v)", SqlText.CommitParameters);
        var puts = new JobPutsText(sql.Schema);
        foreach (var kind in (PutKind[])[PutKind.Any, PutKind.Absent, PutKind.Match])
        {
            // The quotient is an error where not all was written: then nothing is.
            withPuts.Add(kind, Keep(
                $"{puts.For(kind)}SELECT j.verdicts::bigint[], ARRAY[]::text[], ", "j CROSS JOIN LATERAL ",
                " + 0 / (SELECT count(*)::int FROM k)", JobPutsText.Parameters));
        }
    }

    /// <summary>A round of documents that is not the last.</summary>
    public string Documents { get; }

    /// <summary>Changes of jobs.</summary>
    public string Apply(bool tells) => tells ? apply.Telling : apply.Plain;

    /// <summary>The last round of documents, and changes of jobs.</summary>
    public string WithDocuments(bool tells) => tells ? withDocuments.Telling : withDocuments.Plain;

    /// <summary>One put of each commit, all of a kind, and changes of jobs. It fails (22012)
    /// where they cannot all be written so. Null where the kind has no such statement.</summary>
    public string? WithPuts(PutKind kind, bool tells) =>
        !withPuts.TryGetValue(kind, out var text) ? null : tells ? text.Telling : text.Plain;

    private (string Plain, string Telling) Keep(string select, string from, string after, int parameters)
    {
        var last = parameters + JobApplyFunction.Parameters;
        var rest = FormattableString.Invariant(
            $" FROM {from}{sql.Schema}.jobs_apply_v1(${parameters + 1}{after}, ") +
            $"{Places(parameters + 2, JobApplyFunction.Parameters - 1)}) a";
        var head = $"{select}a.applied, a.latest, a.clock";
        return (
            Fenced(head + rest),
            Fenced(head + FormattableString.Invariant(
                $", CASE WHEN a.applied <> 0 THEN pg_notify(${last + 1}, ${last + 2}) END") + rest));

        string Fenced(string text) =>
            select.StartsWith("WITH", StringComparison.Ordinal) ? sql.Fence.Over(text) : sql.Fence.OverCall(text);
    }

    private static string Places(int first, int count) =>
        string.Join(", ", Enumerable.Range(first, count).Select(static i => FormattableString.Invariant($"${i}")));
}
