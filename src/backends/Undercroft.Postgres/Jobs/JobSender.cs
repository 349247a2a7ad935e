using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>Has groups of calls judged and keeps what that comes to, documents included, in one transaction each.
/// </summary>
/// <remarks>
/// First it judges on what the process knows or reads in one statement, and one more statement keeps it if all of that
/// still stands. Where it does not, or the judge needs more, all is judged again under the tenant's lock, where nothing
/// moves. Batches have numbers, as those of <see cref="CommitSender"/>: one whose answer was lost is sent again, and is
/// applied once.
/// </remarks>
internal sealed class JobSender(
    PostgresSource source,
    JobWriter writer,
    JobCommands commands,
    JobKnown known,
    JobFloors floors,
    JobClock clock,
    Action<bool, bool> committed)
{
    private const int RacesMax = 50;

    // A run reads what it needs in steps: as many as the longest chain of jobs that end with each other.
    private const int LoadsMax = 10_000;
    private const int LoadsTogetherMax = 4;

    /// <summary>Sends a group to its end: each call of it hears of its own.</summary>
    public async Task SendAsync(List<JobWork> group)
    {
        if (await TrySendAsync(group).ConfigureAwait(false) is not { } failure)
        {
            return;
        }

        if (group.Count == 1 || failure.IsUnknown || failure.IsAway)
        {
            Fail(group, failure);
            return;
        }

        // Once the server is away, the others need not wait for it one after the other.
        JobFailure? away = null;
        foreach (var work in group)
        {
            List<JobWork> alone = [work];
            if ((away ?? await TrySendAsync(alone).ConfigureAwait(false)) is { } reason)
            {
                Fail(alone, reason);
                away = reason is { IsAway: true, IsUnknown: false } ? reason : null;
            }
        }
    }

    private void Fail(List<JobWork> group, JobFailure failure)
    {
        var translated = PostgresErrors.Of(failure.Reason, "write", source.Place);
        group.ForEach(work => work.Fail(translated));
    }

    // Returns what stood in the way; null where every call has heard of its end.
    private async ValueTask<JobFailure?> TrySendAsync(List<JobWork> group)
    {
        var step = new JobStepState(group, writer.NextBatch(), source.RetryFor);
        while (true)
        {
            try
            {
                var connection = await source.OpenAsync(CancellationToken.None).ConfigureAwait(false);
                await using var owned = connection.ConfigureAwait(false);
                await writer.PrepareAsync(connection, group).ConfigureAwait(false);
                switch (await RunAsync(connection, step).ConfigureAwait(false))
                {
                    case Turn.Done:
                        return null;
                    case Turn.Apart:
                        return new JobFailure(new InvalidOperationException("The calls cannot be judged together."));
                    default:
                        break;
                }
            }
            catch (PostgresException error) when (error.SqlState is JobApplyFunction.Refused)
            {
                return new JobFailure(error);
            }
            catch (InvalidDataException error)
            {
                // A damaged job: who needs it hears of it, and the others go without him.
                return new JobFailure(error);
            }
            catch (PostgresException error) when (IsRace(error))
            {
                writer.Race(error);
                if (!step.WasLost || error.SqlState is JobApplyFunction.Moved or PostgresErrorCodes.UniqueViolation)
                {
                    // After a lost answer only these say that the try it was lost of cannot have been kept.
                    Doubt(step.Sent);
                    step.BeginAgain();
                }

                if (++step.Races > RacesMax)
                {
                    return GiveUp(step, error);
                }
            }
            catch (Exception error) when (PostgresErrors.IsOfTheDriver(error))
            {
                // Whatever is no refusal of the server may have happened; and once an answer was lost, a refusal says
                // nothing of the try it was lost of.
                if (error is not PostgresException state || PostgresErrors.IsEndOfSession(state))
                {
                    step.WasLost |= step.Sent is not null;
                }
                else if (!step.WasLost)
                {
                    step.BeginAgain();
                    if (!PostgresErrors.IsPassing(error))
                    {
                        return new JobFailure(error);
                    }
                }

                if (PostgresErrors.IsMoved(error) ||
                    !await step.Pauses.TryWaitAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    return GiveUp(step, error);
                }
            }
        }
    }

    private JobFailure GiveUp(JobStepState step, Exception error)
    {
        if (step.WasLost)
        {
            // A late first try must not be taken for a batch of ours that comes after it.
            writer.Renew();
        }

        var isRace = error is PostgresException state && IsRace(state);
        return new JobFailure(error, IsUnknown: step.WasLost, IsAway: step.WasLost || !isRace);
    }

    private static bool IsRace(PostgresException error) => error.SqlState is JobApplyFunction.Moved or
        CommitFunction.Raced or CommitFunction.OtherSegment or PostgresErrorCodes.DeadlockDetected or
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation;

    private async ValueTask<Turn> RunAsync(NpgsqlConnection connection, JobStepState step)
    {
        if (step.Sent is { } sent)
        {
            // The answer was lost: the same again.
            await KeepAsync(connection, step, sent, isFirst: false).ConfigureAwait(false);
            return Turn.Done;
        }

        if (step.Races > 0)
        {
            return await RunLockedAsync(connection, step).ConfigureAwait(false);
        }

        var wantsPayload = step.Group.Exists(static work => work.WantsPayload);
        var cache = new JobCache(step.IsTrusting && !wantsPayload ? known : null, wantsPayload);
        var now = clock.Now();
        var overlay = Judge(step.Group, cache, now, isFirst: true);
        if (cache.IsMissing)
        {
            await commands.LoadAsync(connection, cache, takesLock: false, CancellationToken.None)
                .ConfigureAwait(false);
            overlay = Judge(step.Group, cache, now, isFirst: false);
        }

        if (IsTangled(step.Group, overlay))
        {
            return Turn.Apart;
        }

        if (cache.IsMissing)
        {
            return await RunLockedAsync(connection, step).ConfigureAwait(false);
        }

        if (IsNothing(step.Group, overlay))
        {
            if (cache.HasTrusted)
            {
                // What is only refused is not told on trust.
                step.IsTrusting = false;
                return Turn.Again;
            }

            await TellAsync(connection, step.Group).ConfigureAwait(false);
            return Turn.Done;
        }

        await KeepAsync(connection, step, Lay(step.Group, overlay), isFirst: true).ConfigureAwait(false);
        return Turn.Done;
    }

    private async ValueTask<Turn> RunLockedAsync(NpgsqlConnection connection, JobStepState step)
    {
        var transaction = await connection.BeginTransactionAsync(CancellationToken.None).ConfigureAwait(false);
        await using var owned = transaction.ConfigureAwait(false);
        var cache = new JobCache(known: null, step.Group.Exists(static work => work.WantsPayload));
        var now = clock.Now();
        var overlay = Judge(step.Group, cache, now, isFirst: true);
        for (var load = 0; load == 0 || cache.IsMissing; load++)
        {
            if (load > LoadsTogetherMax && step.Group.Count > 1)
            {
                return Turn.Apart;
            }

            if (load > LoadsMax)
            {
                throw TooLong();
            }

            await commands.LoadAsync(connection, cache, takesLock: load == 0, CancellationToken.None)
                .ConfigureAwait(false);
            overlay = Judge(step.Group, cache, now, isFirst: false);
        }

        if (IsTangled(step.Group, overlay))
        {
            return Turn.Apart;
        }

        if (IsNothing(step.Group, overlay))
        {
            await TellAsync(connection, step.Group).ConfigureAwait(false);
            return Turn.Done;
        }

        var sent = Lay(step.Group, overlay);
        var answer = await SendAsync(connection, step, sent, isFirst: false).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Tell(step, sent, answer);
        return Turn.Done;
    }

    private static JobOverlay Judge(List<JobWork> group, JobCache cache, DateTimeOffset now, bool isFirst)
    {
        var overlay = new JobOverlay(cache);
        foreach (var work in group)
        {
            if (isFirst)
            {
                work.Hint?.Invoke(cache);
            }

            work.Judge(overlay, now);
        }

        return overlay;
    }

    private static bool IsTangled(List<JobWork> group, JobOverlay overlay) => overlay.IsTangled && group.Count > 1;

    // Whether all that was asked is refused, or changes nothing.
    private static bool IsNothing(List<JobWork> group, JobOverlay overlay) =>
        !overlay.HasChanged && group.TrueForAll(static work => work.IsRefused || work.Documents is null);

    private JobBatchToSend Lay(List<JobWork> group, JobOverlay overlay) => new(
        overlay, new JobChanges(overlay, known, JobClaimer.NewVersion()), JobBatchToSend.RoundsOf(group));

    private async ValueTask KeepAsync(
        NpgsqlConnection connection, JobStepState step, JobBatchToSend sent, bool isFirst)
    {
        var answer = await SendAsync(connection, step, sent, isFirst).ConfigureAwait(false);
        Tell(step, sent, answer);
    }

    private async ValueTask<JobAnswer> SendAsync(
        NpgsqlConnection connection, JobStepState step, JobBatchToSend sent, bool isFirst)
    {
        step.Sent = sent;
        var sentAt = clock.Mark();
        var answer = await writer.SendAsync(connection, step.Group, sent, step.Batch, isFirst).ConfigureAwait(false);
        clock.Hear(answer.Clock, sentAt);
        return answer;
    }

    private void Tell(JobStepState step, JobBatchToSend sent, JobAnswer answer)
    {
        if (answer.IsApplied)
        {
            Learn(sent);
        }

        var hasWork = answer.IsApplied && step.Group.Exists(static work => work.HasWork);
        committed(sent.Rounds.Count > 0, hasWork);
        for (var i = 0; i < sent.Rounds.Count; i++)
        {
            Verdicts.Tell(sent.Rounds[i], answer.Verdicts[i].Values, answer.Verdicts[i].Holders, []);
        }

        step.Group.ForEach(work => work.Tell(answer.Latest));
    }

    private async ValueTask TellAsync(NpgsqlConnection connection, List<JobWork> group)
    {
        var latest = Revision.None;
        if (group.Exists(static work => work is JobCommit))
        {
            latest = await writer.LatestAsync(connection).ConfigureAwait(false);
        }

        group.ForEach(work => work.Tell(latest));
    }

    // What was taken on trust may not be true.
    private void Doubt(JobBatchToSend? sent)
    {
        foreach (var id in sent?.Overlay.Rows.Keys ?? [])
        {
            known.Forget(id);
        }

        foreach (var (kind, key) in sent?.Overlay.Cells.Keys ?? [])
        {
            if (kind == JobCellKind.Session)
            {
                known.Forget(key);
            }
        }
    }

    // What the process knows now, so that it need not read it.
    private void Learn(JobBatchToSend sent)
    {
        foreach (var (id, entry) in sent.Overlay.Rows)
        {
            if (!entry.IsChanged)
            {
                continue;
            }

            if (entry is { Row: { State: JobState.Running } row, Data: { } data })
            {
                known.Keep(JobData.Of(row, data.Place, sent.Changes.Version));
            }
            else
            {
                known.Forget(id);
            }

            if (entry.Row is { State: JobState.Ready } ready)
            {
                floors.Hear(ready);
            }
        }

        foreach (var ((kind, key), entry) in sent.Overlay.Cells)
        {
            if (kind != JobCellKind.Session || !entry.IsChanged)
            {
                continue;
            }

            if (entry.Cell is null)
            {
                known.Forget(key);
            }
            else
            {
                known.Keep(key, new CellData(sent.Changes.Version, JobForm.Write(entry.Cell)));
            }
        }

        foreach (var queue in sent.Changes.NewQueues)
        {
            known.KeepQueue(queue);
        }
    }

    private StoreException TooLong() => new(
        StoreErrorKind.LimitExceeded,
        $"A commit ends a chain of more than {LoadsMax} jobs at once in {source.Place}. Nothing was written. Make " +
        "shorter chains.")
    {
        Backend = PostgresErrors.Backend,
    };

    private enum Turn
    {
        /// <summary>All have heard of their ends.</summary>
        Done,

        /// <summary>It is to be judged again.</summary>
        Again,

        /// <summary>The calls do not go together.</summary>
        Apart,
    }
}
