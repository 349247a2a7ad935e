using System.Diagnostics.CodeAnalysis;
using Undercroft.Backends;

namespace Undercroft.Jobs.Records;

/// <summary>Keeps the jobs of any store as its records, by its port alone. The judge decides on what was read; a commit
/// keeps it on the condition that nothing of that has changed, else it is judged again.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for a handle.")]
internal sealed class RecordJobs(IStore store, TimeProvider clock) : IJobStore
{
    // Each time somebody else was faster; so many times in a row means that something is wrong.
    private const int AttemptsMax = 200;

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

        var documents = new List<StoreOperation>(commit.Operations.Count);
        var positions = new List<int>(commit.Operations.Count);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is not JobOperation)
            {
                documents.Add(commit.Operations[i]);
                positions.Add(i);
            }
        }

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
            (operations, now) => RecordReplay.Add(store, commit, operations, now),
            new Commit(documents) { Durability = commit.Durability, Origin = commit.Origin },
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
                Counters = [.. result.Counters.Take(documents.Count(static one => one is AddOperation))],
                Jobs = outcomes,
            };
        }

        return result.Conflicts.Any(conflict => conflict.Operation >= documents.Count)
            ? await RecordReplay.FindAsync(store, commit, cancellationToken).ConfigureAwait(false) ??
                throw Contended()
            : new CommitResult
            {
                Revision = result.Revision,
                At = result.At,
                Conflicts = [.. result.Conflicts.Select(conflict => conflict with
                {
                    Operation = positions[conflict.Operation],
                })],
            };
    }

    public async ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        ClaimResult? claim = null;
        _ = await RunInTurnAsync(
            request.Now, judge => claim = judge.Claim(session, request), cancellationToken).ConfigureAwait(false);
        return claim!;
    }

    public async ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);
        SessionStatus? state = null;
        _ = await RunInTurnAsync(
            update.Now, judge => state = judge.Heartbeat(session, update), cancellationToken).ConfigureAwait(false);
        return state!;
    }

    public async ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobMaintenanceReport? report = null;
        _ = await RunInTurnAsync(
            request.Now, judge => report = judge.Maintain(request), cancellationToken).ConfigureAwait(false);
        return report!;
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

    public async ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default)
    {
        // Others' commits are told by the feed, our own by the signal, which misses none.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ours = signal.WaitAsync(mark, end.Token).AsTask();
        var others = store.WaitAsync(FeedCursor.End, end.Token).AsTask();
        var first = await Task.WhenAny(ours, others).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        try
        {
            await (first == ours ? others : ours).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The one that was not needed.
        }
        catch (StoreException)
        {
            // A wait is a hint: what is wrong with the store shows with the next claim.
        }

        await first.ConfigureAwait(false);
    }

    private async ValueTask<CommitResult> RunInTurnAsync(
        DateTimeOffset? now, Action<JobJudge> run, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAsync(
                now,
                judge =>
                {
                    run(judge);
                    return true;
                },
                static (_, _) => { },
                new Commit([]),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = turn.Release();
        }
    }

    // Judges, keeps, and judges again where somebody was faster. The documents' own conflicts end it.
    private async ValueTask<CommitResult> RunAsync(
        DateTimeOffset? now,
        Func<JobJudge, bool> run,
        Action<List<StoreOperation>, DateTimeOffset> add,
        Commit documents,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
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
            var result = await store
                .CommitAsync(
                    new Commit(operations)
                    {
                        Durability = documents.Durability,
                        Origin = documents.Origin,
                        Now = now,
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            clock.Advance(result.At);
            if (result.IsCommitted && judge.HasWork)
            {
                signal.Pulse();
            }

            if (result.IsCommitted || result.Conflicts.Any(conflict => conflict.Operation < own))
            {
                return result.IsCommitted ? result : Without(result, own);
            }
        }

        throw Contended();
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
