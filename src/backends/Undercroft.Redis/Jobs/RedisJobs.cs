using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Redis.Client;
using Undercroft.Redis.Opening;
using Undercroft.Redis.Writing;

namespace Undercroft.Redis.Jobs;

/// <summary>The jobs of a store. The judge decides here, on what was read; one call of the commit function keeps that
/// with the documents beside it, if nothing of what it rests on has changed, else it is judged again.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for a handle.")]
internal sealed class RedisJobs : IJobStore
{
    // Each time somebody else was faster. Who has lost so often stands in line with those who claim in this process,
    // and pauses shortly before each try; so many times in a row then mean that something is wrong.
    private const int LossesMax = 4;
    private const int AttemptsMax = 2000;

    // A claim takes up what is due at least so far.
    private const int DueMin = 64;

    // A run reads what it needs in steps: as many as the longest chain of jobs that end with each other.
    private const int LoadsMax = 10_000;

    private readonly RedisStore store;
    private readonly Committer committer;
    private readonly StoreClock clock;
    private readonly string location;
    private readonly JobReads reads;
    private readonly JobQueries queries;
    private readonly RunningRows running = new();
    private readonly WorkSignal signal = new();
    private readonly SemaphoreSlim turn = new(1, 1);

    public RedisJobs(RedisStore store, OpenedStore opened, Committer committer)
    {
        (this.store, this.committer, clock) = (store, committer, opened.Clock);
        location = opened.Location;
        reads = new JobReads(opened.Caller, store.Info.Epoch, location);
        queries = new JobQueries(reads);
    }

    public long WorkMark => signal.Mark;

    /// <summary>Commits documents and jobs together.</summary>
    /// <param name="commit">A commit that the guard has let through.</param>
    /// <param name="level">The level of durability to give it.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may happen all the same.</param>
    public async ValueTask<CommitResult> CommitAsync(
        Commit commit, Durability level, CancellationToken cancellationToken)
    {
        var documents = new List<StoreOperation>();
        var positions = new List<int>();
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is not JobOperation)
            {
                documents.Add(commit.Operations[i]);
                positions.Add(i);
            }
        }

        var conflicts = new List<CommitConflict>();
        var run = new JobRun(commit)
        {
            Documents = new Commit(documents) { Origin = commit.Origin, Now = commit.Now },
            Level = level,
            LossesMax = LossesMax,
            Believe = cache => Believe(cache, commit),
        };
        run.Judge = judge =>
        {
            conflicts.Clear();
            judge.Check(commit, conflicts);
            run.Outcomes = conflicts.Count == 0 ? judge.Apply(commit) : [];
            return conflicts.Count == 0;
        };
        var result = await RunAsync(run, cancellationToken).ConfigureAwait(false);
        return new CommitResult
        {
            Revision = result.Revision,
            At = result.At,
            IsReplay = result.IsReplay,
            Counters = result.Counters,
            Jobs = result.IsReplay ? result.Jobs : result.IsCommitted && conflicts.Count == 0 ? run.Outcomes : [],
            Conflicts = conflicts.Count > 0 && !result.IsReplay
                ? conflicts
                : [.. result.Conflicts.Select(conflict => conflict with { Operation = positions[conflict.Operation] })],
        };
    }

    public async ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);

        // What others do after a claim that finds nothing is heard of, and makes its mark old.
        await store.ListenAsync(cancellationToken).ConfigureAwait(false);
        return await RunAloneAsync(
            request.Now,
            judge => judge.Claim(session, request),
            cache =>
            {
                // All of it comes with the first reading.
                if (request.Held is { } held)
                {
                    _ = cache.Head(new JobPlace(JobList.Session, Session: session), request.Max + held.Count);
                }

                _ = cache.Cell(JobCellKind.Session, session.ToString());
                _ = cache.Head(new JobPlace(JobList.Scheduled), Math.Max(request.Max, DueMin));
                foreach (var queue in request.Queues)
                {
                    _ = cache.Cell(JobCellKind.Queue, queue);
                }

                cache.WantBest(request);
            },
            inTurn: true,
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);

        // It waits for nobody's turn: a lease does not wait either.
        return RunAloneAsync(
            update.Now, judge => judge.Heartbeat(session, update), static _ => { }, inTurn: false, cancellationToken);
    }

    public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        return RunAloneAsync(
            request.Now, judge => judge.Maintain(request), static _ => { }, inTurn: true, cancellationToken);
    }

    public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default) =>
        ReadAsync(queries.FindAsync(job, cancellationToken));

    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default) =>
        ReadAsync(queries.ListAsync(filter, cancellationToken));

    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(queries.QueuesAsync(cancellationToken));

    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(queries.SessionsAsync(cancellationToken));

    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default) =>
        ReadAsync(queries.BatchAsync(batch, cancellationToken));

    /// <summary>Ends all waits, for the end of the store.</summary>
    public void End() => signal.Fail(new ObjectDisposedException(nameof(RedisStore)));

    /// <summary>Makes marks old: others may have brought work.</summary>
    public void Wake() => signal.Pulse();

    public async ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default)
    {
        // Others' commits are told by the store, our own by the signal, which misses none.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ours = signal.WaitAsync(mark, end.Token).AsTask();
        var others = store.WaitAsync(FeedCursor.End, end.Token).AsTask();
        var first = await Task.WhenAny(ours, others).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        try
        {
            await (first == ours ? others : ours).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or StoreException)
        {
            // The one that was not needed.
        }

        try
        {
            await first.ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // A wait is a hint: what is wrong with the store shows with the next claim.
        }
    }

    // A new job is not there yet, and a run that was begun here is what it was then: the commit shows whether it is so.
    private void Believe(JobCache cache, Commit commit)
    {
        foreach (var operation in commit.Operations)
        {
            if (operation is EnqueueOperation enqueue)
            {
                cache.Believe(enqueue.Job, default);
            }
            else if (operation is SettleOperation or StepOperation && operation is JobOperation { Job: var job } &&
                running.Take(job) is { Exists: true } row)
            {
                cache.Believe(job, row);
            }
        }
    }

    private async ValueTask<TResult> RunAloneAsync<TResult>(
        DateTimeOffset? now,
        Func<JobJudge, TResult> run,
        Action<JobCache> want,
        bool inTurn,
        CancellationToken cancellationToken)
    {
        JobGuard.CheckWritable(store.Info);
        TResult? answer = default;
        var bare = new Commit([]) { Now = now };
        _ = await RunAsync(
            new JobRun(bare)
            {
                Documents = bare,

                // It waits for nobody: a lease does not wait either, and what is lost is done again.
                Level = null,
                LossesMax = inTurn ? 0 : LossesMax,
                Want = want,
                Judge = judge =>
                {
                    answer = run(judge);
                    return true;
                },
            },
            cancellationToken).ConfigureAwait(false);
        return answer!;
    }

    private async ValueTask<CommitResult> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await RepeatAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw RedisErrors.Of(error, "change the jobs of", location);
        }
    }

    private async ValueTask<TResult> ReadAsync<TResult>(ValueTask<TResult> query)
    {
        try
        {
            return await query.ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw RedisErrors.Of(error, "read the jobs of", location);
        }
    }

    // Judges, keeps, and judges again where somebody was faster, in the end as one of those who stand in line. The
    // documents' own conflicts end it.
    private async ValueTask<CommitResult> RepeatAsync(JobRun run, CancellationToken cancellationToken)
    {
        var hasTurn = false;
        try
        {
            for (var attempt = 1; attempt <= AttemptsMax; attempt++)
            {
                if (!hasTurn && attempt > run.LossesMax)
                {
                    await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                    hasTurn = true;
                }

                if (attempt > LossesMax)
                {
                    await StepAsideAsync(attempt, cancellationToken).ConfigureAwait(false);
                }

                if (await TryAsync(run, attempt == 1, cancellationToken).ConfigureAwait(false) is { } result)
                {
                    return result;
                }
            }
        }
        finally
        {
            if (hasTurn)
            {
                _ = turn.Release();
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"The jobs of the store were changed by others up to {AttemptsMax} times while this was tried. Nothing " +
            "was written. Try again later, with fewer processes at once.")
        {
            Backend = RedisErrors.Backend,
            IsTransient = true,
        };
    }

    // Null means that somebody was faster, or that what was believed is not so.
    private async ValueTask<CommitResult?> TryAsync(JobRun run, bool believes, CancellationToken cancellationToken)
    {
        var cache = new JobCache(reads, run.Documents.Now ?? clock.Now());
        if (believes)
        {
            run.Believe(cache);
        }

        run.Want(cache);
        var (draft, judge, isDone) = await JudgeAsync(cache, run, cancellationToken).ConfigureAwait(false);
        if (!isDone && believes)
        {
            // What was only believed must not refuse anything.
            return null;
        }

        if (!isDone || (run.IsBare && !draft.HasChanged))
        {
            return await FindReplayAsync(run, cancellationToken).ConfigureAwait(false) ??
                new CommitResult { Revision = Revision.None, At = cache.Now };
        }

        var changes = draft.End(RandomNumberGenerator.GetBytes(JobNames.VersionBytes));
        var result = await CommitAsync(run, changes, judge.HasWork, cancellationToken).ConfigureAwait(false);
        if (result is { IsCommitted: true, IsReplay: false })
        {
            running.Keep(changes);
            if (judge.HasWork)
            {
                signal.Pulse();
            }
        }

        return result;
    }

    private static async ValueTask<(JobDraft Draft, JobJudge Judge, bool IsDone)> JudgeAsync(
        JobCache cache, JobRun run, CancellationToken cancellationToken)
    {
        for (var load = 0; load < LoadsMax; load++)
        {
            if (cache.IsMissing)
            {
                await cache.LoadAsync(cancellationToken).ConfigureAwait(false);
            }

            var draft = new JobDraft(cache);
            var judge = new JobJudge(draft, cache.Now);
            var isDone = run.Judge(judge);
            if (!cache.IsMissing)
            {
                return (draft, judge, isDone);
            }
        }

        throw new StoreException(
            StoreErrorKind.LimitExceeded,
            $"A commit ends a chain of more than {LoadsMax} jobs at once. Nothing was written. Make shorter chains.")
        {
            Backend = RedisErrors.Backend,
        };
    }

    // Null where something the decision rests on has changed.
    private async ValueTask<CommitResult?> CommitAsync(
        JobRun run, JobChanges changes, bool hasWork, CancellationToken cancellationToken)
    {
        var jobs = new JobWrites(changes, hasWork, run.Whole, run.Outcomes);
        var result = await committer.CommitAsync(run.Documents, run.Whole, jobs, run.Level, cancellationToken)
            .ConfigureAwait(false);
        return ReferenceEquals(result, CommitCall.JobsChanged) ? null : result;
    }

    // What is refused now may have happened before: an identity tells. What rests on a row that never was is not done.
    private async ValueTask<CommitResult?> FindReplayAsync(JobRun run, CancellationToken cancellationToken)
    {
        if (run.Whole.Identity is null)
        {
            return null;
        }

        var changes = new JobChanges(RandomNumberGenerator.GetBytes(JobNames.VersionBytes));
        changes.Refuse();
        return await CommitAsync(run, changes, hasWork: false, cancellationToken).ConfigureAwait(false);
    }

    // The pause differs from process to process, so that they get out of each other's way.
    private static async ValueTask StepAsideAsync(int attempt, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(1 + RandomNumberGenerator.GetInt32(2 * Math.Min(attempt, 25)));
        await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }
}
