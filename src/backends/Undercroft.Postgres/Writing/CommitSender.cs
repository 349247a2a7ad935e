using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Writing;

/// <summary>Sends groups of commits, each in one round trip and one transaction, and finds out what became of them.
/// </summary>
/// <remarks>
/// Each batch has a number that the server keeps with its verdicts. Where the answer is lost, the same batch is sent
/// again, to whatever server is the primary then: it is applied, or gives the verdicts it was given before. Nothing is
/// guessed. A batch that the server refuses is replayed one commit at a time, so that a commit fails alone. Puts go by
/// statements of their own; those of which nothing was done there, because of what they found, go to the function,
/// which tells.
/// </remarks>
internal sealed class CommitSender(
    PostgresSource source,
    SqlText sql,
    IndexNames names,
    Segments segments,
    MarkedSessions sessions,
    StoreClock clock,
    StoreInfo info,
    int tenant,
    TimeProvider time,
    Action committed)
{
    private const int RacesMax = 50;
    private const int RacesTogetherMax = 2;

    private readonly PutRow row = new(names);
    private Guid writer = Guid.CreateVersion7(time.GetUtcNow());
    private long batch;
    private bool hasRow;

    /// <summary>Sends a group to its end: each commit of it is acknowledged or failed.</summary>
    public async Task SendAsync(List<List<CommitJob>> group)
    {
        var left = new List<CommitJob>();
        await SendAsync(group, left, asPuts: true).ConfigureAwait(false);
        if (left.Count > 0)
        {
            await SendAsync([left], [], asPuts: false).ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(List<List<CommitJob>> group, List<CommitJob> left, bool asPuts)
    {
        var isOne = group is [[_]];
        if (await TrySendAsync(group, left, asPuts).ConfigureAwait(false) is not { } failure)
        {
            return;
        }

        if (isOne || failure.IsUnknown || failure.IsAway)
        {
            Fail(group, failure);
            return;
        }

        // Once the server is away, the others need not wait for it one after the other.
        Failure? away = null;
        foreach (var job in group.SelectMany(static round => round))
        {
            List<List<CommitJob>> alone = [[job]];
            var reason = away ?? await TrySendAsync(alone, left, asPuts).ConfigureAwait(false);
            if (reason is not null)
            {
                Fail(alone, reason);
                away = reason is { IsAway: true, IsUnknown: false } ? reason : null;
            }
        }
    }

    private void Fail(List<List<CommitJob>> group, Failure failure)
    {
        var translated = PostgresErrors.Of(failure.Reason, "write", source.Place);
        group.ForEach(round => round.ForEach(job => job.Fail(translated)));
    }

    // Returns what stood in the way; null where every commit has heard of its end.
    private async ValueTask<Failure?> TrySendAsync(List<List<CommitJob>> group, List<CommitJob> left, bool asPuts)
    {
        var isOne = group is [[_]];
        var number = ++batch;
        var pauses = new PostgresSource.RetryPauses(source.RetryFor);
        var races = 0;
        var wasSent = false;
        for (var tries = 0; ; tries++)
        {
            var isSent = false;
            try
            {
                var connection = await source.OpenAsync(CancellationToken.None).ConfigureAwait(false);
                await using var owned = connection.ConfigureAwait(false);
                await PrepareAsync(connection, group).ConfigureAwait(false);
                isSent = true;
                var head = Head(group, number);
                if (tries > 0 || !asPuts || !await TryPutsAsync(connection, group, head, left).ConfigureAwait(false))
                {
                    await SendAsync(connection, group, head, left).ConfigureAwait(false);
                }

                return null;
            }
            catch (PostgresException error) when (error.SqlState is CommitFunction.OtherSegment)
            {
                segments.Forget();
                if (++races > RacesMax)
                {
                    return wasSent ? GiveUp(error, wasSent) : new Failure(error, IsUnknown: false);
                }
            }
            catch (PostgresException error) when (error.SqlState is CommitFunction.Raced or
                PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Nothing was written by this try: again, and alone where it does not get through with the others,
                // unless an earlier try may yet come through.
                if (++races > (isOne || wasSent ? RacesMax : RacesTogetherMax))
                {
                    return wasSent ? GiveUp(error, wasSent) : new Failure(error, IsUnknown: false);
                }
            }
            catch (Exception error) when (PostgresErrors.IsOfTheDriver(error))
            {
                // Whatever is no refusal of the server may have happened.
                wasSent |= isSent && (error is not PostgresException state || PostgresErrors.IsEndOfSession(state));
                if (!PostgresErrors.IsPassing(error) && !wasSent)
                {
                    return new Failure(error, IsUnknown: false);
                }

                if (PostgresErrors.IsMoved(error) ||
                    !await pauses.TryWaitAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    return GiveUp(error, wasSent);
                }
            }
        }
    }

    // A late first try must not be taken for a batch of ours that comes after it.
    private Failure GiveUp(Exception error, bool wasSent)
    {
        if (!wasSent)
        {
            return new Failure(error, IsUnknown: false, IsAway: true);
        }

        writer = Guid.CreateVersion7(time.GetUtcNow());
        batch = 0;
        hasRow = false;
        return new Failure(error, IsUnknown: true, IsAway: true);
    }

    private async ValueTask PrepareAsync(NpgsqlConnection connection, List<List<CommitJob>> group)
    {
        if (segments.Known is null)
        {
            await segments.BeginAsync(connection, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var job in group.SelectMany(static round => round))
        {
            if (!names.Knows(job.Commit))
            {
                await names.EnsureAsync(connection, job.Commit, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private BatchHead Head(List<List<CommitJob>> group, long number) => new(
        tenant, writer, number, segments.Known!,
        Synchronous(group.Max(static round => round.Max(static job => job.Level))),
        clock.Now(), info.Limits.ReplaysKept);

    // Commits of one put are one statement, without the function. False where the function is to tell.
    private async ValueTask<bool> TryPutsAsync(
        NpgsqlConnection connection, List<List<CommitJob>> group, BatchHead head, List<CommitJob> left)
    {
        // The first batch makes the writer's row.
        if (!hasRow || group is not [var jobs])
        {
            return false;
        }

        var isMarked = await sessions.HoldsAsync(connection, head.Segment, head.Synchronous).ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        if (!Fill(command, jobs, head, isMarked))
        {
            return false;
        }

        long[] verdicts;
        try
        {
            var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using var ownedReader = reader.ConfigureAwait(false);
            if (!await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return false;
            }

            verdicts = Verdicts.Parse(reader.GetString(0));

            // The transaction ends after the last result: only then it is kept.
            _ = await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == PutText.WriterNotSet)
        {
            if (isMarked)
            {
                sessions.Forget(connection);
            }

            return false;
        }

        committed();
        Verdicts.Tell(jobs, verdicts, [], left);
        return true;
    }

    // False where the commits need more than rows of their own.
    private bool Fill(NpgsqlCommand command, List<CommitJob> jobs, in BatchHead head, bool isMarked)
    {
        if (jobs is [var only])
        {
            return row.TryFill(command, sql.Put, only, head, isMarked);
        }

        if (jobs[0].Kind == PutKind.None)
        {
            return false;
        }

        var round = new CommitRound(jobs, names);
        if (sql.Puts.For(round.Kind, isMarked) is not { } text)
        {
            return false;
        }

        command.CommandText = text;
        round.FillPuts(command.Parameters, head);
        return true;
    }

    private async ValueTask SendAsync(
        NpgsqlConnection connection, List<List<CommitJob>> group, BatchHead head, List<CommitJob> left)
    {
        var command = connection.CreateBatch();
        await using var owned = command.ConfigureAwait(false);
        for (var i = 0; i < group.Count; i++)
        {
            var one = new NpgsqlBatchCommand(sql.Commit);
            new CommitRound(group[i], names).Fill(one.Parameters, head, i + 1);
            command.BatchCommands.Add(one);
        }

        var verdicts = new (long[] Values, string[] Holders)[group.Count];
        var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            for (var i = 0; i < group.Count; i++)
            {
                _ = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                verdicts[i] = (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<string[]>(1));
                _ = await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        hasRow = true;

        // All rounds are one transaction: nobody hears of the first before the last is kept.
        committed();
        for (var i = 0; i < group.Count; i++)
        {
            Verdicts.Tell(group[i], verdicts[i].Values, verdicts[i].Holders, left);
        }
    }

    /// <summary>What the server is to wait for before it answers.</summary>
    /// <remarks>The strongest level there is waits for synchronous standbys too.</remarks>
    private string Synchronous(Durability level) => level switch
    {
        Durability.Memory => "off",
        _ when level == info.DurabilityLevels[^1] => "on",
        _ => "local",
    };

    /// <summary>What stood in the way of a batch.</summary>
    /// <param name="Reason">The error.</param>
    /// <param name="IsUnknown">Whether the answer was lost, and the server did not come back in time to tell.</param>
    /// <param name="IsAway">Whether the server could not be reached for as long as is tried.</param>
    private sealed record Failure(Exception Reason, bool IsUnknown, bool IsAway = false);
}
