using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>Looks for the results of commits that come again. They must be found before jobs are judged: what the first
/// try has settled is stale now.</summary>
internal sealed class JobReplays(PostgresSource source, CommitLanes lanes, string schema, int tenant)
{
    /// <summary>Finds the result of an earlier commit with the same identity; null where there was none.</summary>
    /// <exception cref="CommitIdentityException">It was another commit, or its result is forgotten.</exception>
    public async ValueTask<CommitResult?> FindAsync(JobCommit work, CancellationToken cancellationToken)
    {
        var identity = work.Commit.Identity!.Value;
        var isThere = await source.RunAsync(
            async (connection, token) =>
            {
                var command = connection.CreateCommand();
                await using var owned = command.ConfigureAwait(false);
                command.CommandText =
                    $"SELECT $3 = ANY (l.numbers) OR $3 <= l.forgotten FROM {schema}.lanes l " +
                    "WHERE l.t = $1 AND l.client = $2";
                _ = command.Parameters.Add(Parameter.Of(tenant));
                _ = command.Parameters.Add(Parameter.Of(identity.Client));
                _ = command.Parameters.Add(Parameter.Of(identity.Number));
                return await command.ExecuteScalarAsync(token).ConfigureAwait(false) is true;
            },
            "look for a result", cancellationToken).ConfigureAwait(false);
        return isThere
            ? await lanes.SubmitAsync(work.AgainAsDocuments(), cancellationToken).ConfigureAwait(false)
            : null;
    }
}
