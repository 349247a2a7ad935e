using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>Looks for the results of commits that come again. They must be found before jobs are judged: what the first
/// try has settled is stale now.</summary>
internal sealed class JobReplays(PostgresSource source, CommitLanes lanes, SqlText sql, int tenant)
{
    private readonly string find = sql.Fence.Over(
        $"SELECT o.outcomes FROM {sql.Schema}.lanes l LEFT JOIN {sql.Schema}.job_outcomes o " +
        "ON o.t = l.t AND o.client = l.client AND o.number = $3 " +
        "WHERE l.t = $1 AND l.client = $2 AND ($3 = ANY (l.numbers) OR $3 <= l.forgotten)");

    /// <summary>Finds the result of an earlier commit with the same identity; null where there was none.</summary>
    /// <exception cref="CommitIdentityException">It was another commit, or its result is forgotten.</exception>
    public async ValueTask<CommitResult?> FindAsync(JobCommit work, CancellationToken cancellationToken)
    {
        var identity = work.Commit.Identity!.Value;
        var (isThere, outcomes) = await source.RunAsync(
            async (connection, token) =>
            {
                var command = connection.CreateCommand();
                await using var owned = command.ConfigureAwait(false);
                command.CommandText = find;
                _ = command.Parameters.Add(Parameter.Of(tenant));
                _ = command.Parameters.Add(Parameter.Of(identity.Client));
                _ = command.Parameters.Add(Parameter.Of(identity.Number));
                var found = await command.ExecuteScalarAsync(token).ConfigureAwait(false);
                return (found is not null, found as byte[] ?? []);
            },
            "look for a result", cancellationToken).ConfigureAwait(false);
        if (!isThere)
        {
            return null;
        }

        var result = await lanes.SubmitAsync(work.AgainAsDocuments(), cancellationToken).ConfigureAwait(false);
        return new CommitResult
        {
            Revision = result.Revision,
            At = result.At,
            Counters = result.Counters,
            Conflicts = result.Conflicts,
            IsReplay = result.IsReplay,
            Jobs = result.IsReplay ? JobOutcomeForm.Read(outcomes, work.Commit) : [],
        };
    }
}
