using System.Diagnostics.CodeAnalysis;
using Undercroft.Backends;

namespace Undercroft.Jobs.Records;

/// <summary>Keeps the jobs of any store as its records, by its port alone. The judge decides on what was read; a commit
/// keeps it on the condition that nothing of that has changed, else it is judged again.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for a handle.")]
internal sealed class RecordJobs(IStore store, TimeProvider clock) : IJobStore
{
    // Each time somebody else was faster. Who has lost so often stands in line with those who claim in this process,
    // and meets only one of each other process; so many times in a row then mean that something is wrong.
    private const int LossesMax = 4;
    private const int AttemptsMax = 2000;

    // A run reads what it needs in steps: as many as the longest chain of jobs that end with each other.
    private const int LoadsMax = 10_000;

    private readonly StoreClock clock = new(clock);
    private readonly WorkSignal signal = new();
    private readonly RecordQueries queries = new(store);
    private readonly SemaphoreSlim turn = new(1, 1);

    public long WorkMark => signal.Mark;

    /// <summary>Applies a commit whose job operations become record operations.</summary>
    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = JobGuard.Check(commit, store.Info.Limits);
        if (commit.Identity is not null &&
            await RecordReplay.FindAsync(store, commit, cancellationToken).ConfigureAwait(false) is { } replay)
        {
            return replay;
        }

        var parts = new CommitParts(commit);
        var conflicts = new List<CommitConflict>();
        IReadOnlyList<JobOutcome> outcomes = [];
        var result = await RunAsync(
            commit.Now,
            judge =>
            {
                conflicts.Clear();
                judge.Check(commit, conflicts);
                if (conflicts.Count == 0)
                {
                    outcomes = judge.Apply(commit);
                }

                return conflicts.Count == 0;
            },
            (operations, now) => RecordReplay.Add(store, commit, outcomes, operations, now),
            new Commit(parts.Documents) { Durability = commit.Durability, Origin = commit.Origin },
            takesTurn: true,
            cancellationToken).ConfigureAwait(false);

        if (conflicts.Count > 0)
        {
            return new CommitResult { Revision = Revision.None, Conflicts = conflicts };
        }

        if (result.IsCommitted)
        {
            return new CommitResult
            {
                Revision = result.Revision,
                At = result.At,
                Counters = [.. result.Counters.Take(parts.Documents.Count(static one => one is AddOperation))],
                Jobs = outcomes,
            };
        }

        return result.Conflicts.Any(conflict => conflict.Operation >= parts.Documents.Count)
            ? await RecordReplay.FindAsync(store, commit, cancellationToken).ConfigureAwait(false) ??
                throw Contended()
            : new CommitResult
            {
                Revision = result.Revision,
                At = result.At,
                Conflicts = parts.ToWhole(result.Conflicts),
            };
    }

    public async ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobGuard.CheckWritable(store.Info);
        ClaimResult? claim = null;
        var part = request.Max;
        await RunInPartsAsync(
            Math.Max(request.Max, JobClaims.DueMin),
            request.Now,
            (judge, max) =>
            {
                part = Math.Min(max, request.Max);
                claim = judge.Claim(session, request with { Max = part }, max);
            },
            cancellationToken).ConfigureAwait(false);
        if (part < request.Max && claim!.Jobs.Count == part)
        {
            // It looks as if that were all, and there may be more.
            signal.Pulse();
        }

        return claim!;
    }

    public async ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);
        JobGuard.CheckWritable(store.Info);
        // It waits for nobody's turn: a lease does not wait either.
        SessionStatus? state = null;
        await RunInPartsAsync(
            JobLimits.ClaimMax,
            update.Now,
            (judge, max) => state = judge.Heartbeat(session, Shrunk(update, max), max),
            cancellationToken,
            inTurn: false).ConfigureAwait(false);
        return state!;
    }

    public async ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobGuard.CheckWritable(store.Info);
        JobMaintenanceReport? report = null;
        var part = request.Max;
        await RunInPartsAsync(
            request.Max,
            request.Now,
            (judge, max) => report = judge.Maintain(request with { Max = part = max }),
            cancellationToken).ConfigureAwait(false);
        return part == request.Max ? report! : report! with { HasMore = true };
    }

    public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default) =>
        queries.FindAsync(job, cancellationToken);

    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default) =>
        queries.ListAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        queries.QueuesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        queries.SessionsAsync(cancellationToken);

    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default) =>
        queries.BatchAsync(batch, cancellationToken);

    public ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default) =>
        signal.WaitAsync(mark, store, cancellationToken);

    // Where a beat does not fit a commit, progress goes before the lease: it is told again.
    private static SessionUpdate Shrunk(SessionUpdate update, int max) => max == JobLimits.ClaimMax
        ? update
        : update with { Progress = [.. update.Progress.Take(max - 1)] };

    // What is too much for one commit, because payloads are large, is done in smaller parts.
    private async ValueTask RunInPartsAsync(
        int max,
        DateTimeOffset? now,
        Action<JobJudge, int> run,
        CancellationToken cancellationToken,
        bool inTurn = true)
    {
        for (var part = max; ; part /= 2)
        {
            try
            {
                await RunAloneAsync(now, judge => run(judge, part), inTurn, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (LimitExceededException) when (part > 1)
            {
                // Nothing was written.
            }
        }
    }

    private async ValueTask RunAloneAsync(
        DateTimeOffset? now, Action<JobJudge> run, bool inTurn, CancellationToken cancellationToken)
    {
        if (inTurn)
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            _ = await RunAsync(
                now,
                judge =>
                {
                    run(judge);
                    return true;
                },
                static (_, _) => { },
                new Commit([]),
                takesTurn: false,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (inTurn)
            {
                _ = turn.Release();
            }
        }
    }

    // Judges, keeps, and judges again where somebody was faster, in the end as one of those who stand in line. The
    // documents' own conflicts end it.
    private async ValueTask<CommitResult> RunAsync(
        DateTimeOffset? now,
        Func<JobJudge, bool> run,
        Action<List<StoreOperation>, DateTimeOffset> add,
        Commit documents,
        bool takesTurn,
        CancellationToken cancellationToken)
    {
        var hasTurn = false;
        try
        {
            for (var attempt = 1; attempt <= AttemptsMax; attempt++)
            {
                if (takesTurn && !hasTurn && attempt > LossesMax)
                {
                    await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                    hasTurn = true;
                }

                if (await TryAsync(now, run, add, documents, cancellationToken).ConfigureAwait(false) is { } result)
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

        throw Contended();
    }

    // Null means that somebody was faster.
    private async ValueTask<CommitResult?> TryAsync(
        DateTimeOffset? now,
        Func<JobJudge, bool> run,
        Action<List<StoreOperation>, DateTimeOffset> add,
        Commit documents,
        CancellationToken cancellationToken)
    {
        var cache = new RecordCache(store, now ?? clock.Now());
        var (state, judge, isDone) = await JudgeAsync(cache, run, cancellationToken).ConfigureAwait(false);
        if (!isDone || (documents.Operations.Count == 0 && !state.HasChanged))
        {
            return new CommitResult { Revision = Revision.None, At = cache.Now };
        }

        var operations = new List<StoreOperation>(documents.Operations);
        add(operations, cache.Now);
        var own = operations.Count;
        state.AddOperations(operations);
        var commit = new Commit(operations)
        {
            Durability = documents.Durability,
            Origin = documents.Origin,
            Now = now,
        };
        var result = await store.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        clock.Advance(result.At);
        if (result.IsCommitted)
        {
            if (judge.HasWork)
            {
                signal.Pulse();
            }

            return result;
        }

        return result.Conflicts.Any(conflict => conflict.Operation < own) ? Without(result, own) : null;
    }

    private StoreException Contended() => new(
        StoreErrorKind.Conflict,
        $"The jobs of the store were changed by others up to {AttemptsMax} times while this was tried. Nothing was " +
        "written. Try again later, with fewer processes at once.")
    {
        Backend = store.Info.Backend,
        IsTransient = true,
    };

    private static CommitResult Without(CommitResult result, int own) => new()
    {
        Revision = result.Revision,
        At = result.At,
        Conflicts = [.. result.Conflicts.Where(conflict => conflict.Operation < own)],
    };

    private async ValueTask<(RecordState State, JobJudge Judge, bool IsDone)> JudgeAsync(
        RecordCache cache, Func<JobJudge, bool> run, CancellationToken cancellationToken)
    {
        for (var load = 0; load < LoadsMax; load++)
        {
            var state = new RecordState(cache);
            var judge = new JobJudge(state, cache.Now);
            var isDone = run(judge);
            if (!cache.IsMissing)
            {
                return (state, judge, isDone);
            }

            await cache.LoadAsync(cancellationToken).ConfigureAwait(false);
        }

        throw new StoreException(
            StoreErrorKind.LimitExceeded,
            $"A commit ends a chain of more than {LoadsMax} jobs at once. Nothing was written. Make shorter chains.")
        {
            Backend = store.Info.Backend,
        };
    }
}
