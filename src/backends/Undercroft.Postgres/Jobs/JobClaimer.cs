using System.Security.Cryptography;
using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Jobs;

/// <summary>Claims jobs in one statement, where that takes no judge.</summary>
internal sealed class JobClaimer(
    PostgresSource source, JobCommands commands, JobKnown known, JobFloors floors, JobClock clock)
{
    /// <summary>Claims; null where the judge is to be asked.</summary>
    /// <remarks>Where the answer to a claim is lost the caller hears of it: the claim may still be on its way, and take
    /// more than another one that was sent in its stead.</remarks>
    public async ValueTask<ClaimResult?> TryClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken)
    {
        return await source.RunAsync(
            async (connection, token) =>
            {
                // The time of this try: a session must not be found alive by what was before the server was away.
                var number = new Number(NewVersion(), (request.Now ?? clock.Now()).ToUniversalTime());
                try
                {
                    return await ClaimAsync(connection, session, request, number, token).ConfigureAwait(false);
                }
                catch (Exception error) when (MayHaveBeen(error) && !token.IsCancellationRequested)
                {
                    throw PostgresErrors.Of(error, "claim jobs", source.Place);
                }
            },
            "claim jobs", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Draws the number of a change.</summary>
    public static long NewVersion() =>
        (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue) | 1;

    // Only a refusal of the server says that nothing was claimed.
    private static bool MayHaveBeen(Exception error) => PostgresErrors.IsOfTheDriver(error) &&
        (error is not PostgresException state || PostgresErrors.IsEndOfSession(state));

    private async ValueTask<ClaimResult?> ClaimAsync(
        NpgsqlConnection connection, SessionId session, ClaimRequest request, Number number, CancellationToken token)
    {
        var begun = floors.Turn;
        var isOne = request is { Queues.Count: 1, Kinds.Count: 1 };
        var floor = isOne ? floors.Find(request.Queues[0], request.Kinds[0]) : null;
        var key = session.ToString();
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = commands.Claim;
        _ = command.Parameters.Add(Parameter.Of(commands.Tenant));
        _ = command.Parameters.Add(Parameter.Of(session.Value));
        _ = command.Parameters.Add(Parameter.Of(key));
        _ = command.Parameters.Add(Parameter.Of(request.Queues.ToArray()));
        _ = command.Parameters.Add(Parameter.Of(request.Kinds.ToArray()));
        _ = command.Parameters.Add(Parameter.Of(request.Max));
        _ = command.Parameters.Add(Parameter.Of(number.At.UtcTicks));
        _ = command.Parameters.Add(Parameter.Of(number.Version));
        _ = command.Parameters.Add(Parameter.Of(false));
        _ = command.Parameters.Add(Parameter.Of(floor?.Priority));
        _ = command.Parameters.Add(Parameter.Of(floor?.DueAt));
        _ = command.Parameters.Add(Parameter.Of(floor?.Place));

        // All of the answer, to its end: what was claimed is not run before the claim is kept.
        var rows = new List<JobData>();
        var (what, next, before) = (JobFunctions.SessionDead, (long?)null, 0L);
        var names = new JobNames();
        var sentAt = clock.Mark();
        var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(token).ConfigureAwait(false))
            {
                if (reader.GetInt32(0) == JobFunctions.HotRow)
                {
                    rows.Add(JobData.Read(reader, names));
                    continue;
                }

                what = reader.GetInt32(0);
                before = reader.IsDBNull(4) ? 0 : reader.GetInt64(4);
                next = reader.IsDBNull(9) ? null : reader.GetInt64(9);
                clock.Hear(reader.GetInt64(11), sentAt);
            }
        }

        if (what == JobFunctions.ForTheJudge)
        {
            return null;
        }

        if (rows.Count > 0)
        {
            Keep(rows);
            known.Renew(key, before, number.Version);
            if (isOne && rows.Count == request.Max)
            {
                floors.Set(rows[^1], begun, wasBounded: floor is not null);
            }
        }

        return new ClaimResult
        {
            Jobs = rows.ConvertAll(static row => JobViews.ToLeased(row.ToRow())),
            IsSessionAlive = what == JobFunctions.Claimed,
            NextDueAt = next is { } due ? new DateTimeOffset(due, TimeSpan.Zero) : null,
            At = number.At,
        };
    }

    private void Keep(List<JobData> rows)
    {
        rows.Sort(static (left, right) =>
            (left.Priority, left.DueAt, left.Place).CompareTo((right.Priority, right.DueAt, right.Place)));
        foreach (var row in rows)
        {
            known.Keep(row);
        }
    }

    /// <summary>What makes a claim this one and no other.</summary>
    private readonly record struct Number(long Version, DateTimeOffset At);
}
