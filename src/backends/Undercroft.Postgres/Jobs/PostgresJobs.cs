using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>The jobs of a store, in tables of their own. Plain claims are one statement of the server; all else is
/// judged here, and kept by one statement if what it was judged on still stands.</summary>
internal sealed class PostgresJobs : IJobStore, IAsyncDisposable
{
    private const int DueMin = 64;
    private static readonly TimeSpan CareEvery = TimeSpan.FromHours(1);

    private readonly PostgresSource source;
    private readonly PostgresFollowers followers;
    private readonly TimeProvider time;
    private readonly TimeSpan interval;
    private readonly StoreInfo info;
    private readonly JobClock clock;
    private readonly JobQueries queries;
    private readonly JobClaimer claimer;
    private readonly JobLane lane;
    private readonly JobReplays replays;
    private readonly WorkSignal signal = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private long caredAt;
    private volatile bool isReady;

    /// <summary>Makes the jobs of a store.</summary>
    public PostgresJobs(PostgresJobsNeeds needs, PostgresStoreOptions options, StoreInfo info)
    {
        (source, followers, time, interval) = (needs.Source, needs.Followers, needs.Time, options.PollInterval);
        this.info = info;
        clock = new JobClock(time);
        var known = new JobKnown();
        var floors = new JobFloors(time);
        var commands = new JobCommands(needs.Sql, needs.Tenant);
        queries = new JobQueries(source, needs.Sql, needs.Tenant);
        claimer = new JobClaimer(source, commands, known, floors, clock);
        replays = new JobReplays(source, needs.Lanes, needs.Sql, needs.Tenant);
        lane = new JobLane(
            new JobSender(
                source,
                new JobWriter(needs.Sql, commands, needs.Names, needs.Segments, needs.Clock, info, followers, time),
                commands, known, floors, clock, Committed).SendAsync,
            options.GroupMax, options.QueueMax);
        followers.WorkHeard = word =>
        {
            if (word.Ready is { } ready)
            {
                floors.Hear(ready);
            }

            signal.Pulse();
        };
    }

    public long WorkMark => signal.Mark;

    /// <summary>Applies a commit with job operations that <see cref="CommitGuard"/> has let through.</summary>
    public async ValueTask<CommitResult> CommitAsync(
        Commit commit, Durability level, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        var work = new JobCommit(commit, level, commit.Now ?? clock.Now());
        if (commit.Identity is not null &&
            await replays.FindAsync(work, cancellationToken).ConfigureAwait(false) is { } before)
        {
            return before;
        }

        var result = await lane.SubmitAsync(work, work.Task, cancellationToken).ConfigureAwait(false);

        // Whoever repeats a commit while its first try is under way finds its runs settled.
        return commit.Identity is not null && (result.IsReplay || !result.IsCommitted)
            ? await replays.FindAsync(work, cancellationToken).ConfigureAwait(false) ?? result
            : result;
    }

    public async ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobGuard.CheckWritable(info);
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        if (request.Held is null &&
            await claimer.TryClaimAsync(session, request, cancellationToken).ConfigureAwait(false) is { } claim)
        {
            return claim;
        }

        var work = new JobCall<ClaimResult>(
            request.Now, judge => judge.Claim(session, request), static result => !result.IsSessionAlive)
        {
            Hint = cache => Foresee(cache, session, request),
            WantsPayload = true,
        };
        return await lane.SubmitAsync(work, work.Task, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);
        JobGuard.CheckWritable(info);
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        var work = new JobCall<SessionStatus>(
            update.Now, judge => judge.Heartbeat(session, update), static status => !status.IsAlive);
        return await lane.SubmitAsync(work, work.Task, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobGuard.CheckWritable(info);
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        var work = new JobCall<JobMaintenanceReport>(
            request.Now, judge => judge.Maintain(request), static _ => false);
        var report = await lane.SubmitAsync(work, work.Task, cancellationToken).ConfigureAwait(false);
        if (time.GetElapsedTime(Volatile.Read(ref caredAt)) >= CareEvery)
        {
            Volatile.Write(ref caredAt, time.GetTimestamp());
            await queries.CareAsync(request.Now ?? clock.Now(), cancellationToken).ConfigureAwait(false);
        }

        return report;
    }

    public async ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await queries.FindAsync(job, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(filter);
        var after = JobViews.ReadCursor(filter);
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await queries.ListAsync(filter, after, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await queries.QueuesAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await queries.SessionsAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(batch);
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await queries.BatchAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <remarks>Others' work is told by the server; where its word is lost or cannot come, a look is due after the
    /// interval.</remarks>
    public async ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default)
    {
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
        followers.Listen();
        using var look = new CancellationTokenSource(interval, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, look.Token);
        try
        {
            await signal.WaitAsync(mark, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time to look.
        }
    }

    /// <summary>Lets the calls that wait end.</summary>
    public async ValueTask DisposeAsync()
    {
        signal.Fail(new ObjectDisposedException(nameof(PostgresStore)));
        await lane.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }

    // What a claim asks for, all at once.
    private static void Foresee(JobCache cache, SessionId session, ClaimRequest request)
    {
        _ = cache.FindCell(JobCellKind.Session, session.ToString());
        if (request.Held is { } held)
        {
            cache.Lack(new JobPlace(JobList.Session, Session: session), request.Max + held.Count);
        }

        cache.Lack(new JobPlace(JobList.Scheduled), Math.Max(request.Max, DueMin));
        foreach (var queue in request.Queues)
        {
            _ = cache.FindCell(JobCellKind.Queue, queue);
            foreach (var kind in request.Kinds)
            {
                cache.Lack(new JobPlace(JobList.Ready, queue, kind), request.Max);
            }
        }
    }

    // Others have heard of it with the commit itself.
    private void Committed(bool hasDocuments, bool hasWork)
    {
        if (hasWork)
        {
            signal.Pulse();
        }

        if (hasWork || hasDocuments)
        {
            followers.Wake();
        }
    }

    // Once: what an older program has left is not to be passed over in silence.
    private async ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        if (isReady)
        {
            return;
        }

        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!isReady)
            {
                if (await queries.HasRecordsAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw new StoreException(
                        StoreErrorKind.Unsupported,
                        $"The jobs of {source.Place} are kept as records by an older Undercroft, and some have not " +
                        "ended; nothing was changed. Let workers on JobStore.For(store, asRecords: true) end them " +
                        "first, or go on with that.")
                    {
                        Backend = PostgresErrors.Backend,
                    };
                }

                // Who only reads needs neither the server's time nor tables for days to come.
                if (!info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
                {
                    var askedAt = clock.Mark();
                    clock.Hear(await queries.ClockAsync(cancellationToken).ConfigureAwait(false), askedAt);
                    caredAt = time.GetTimestamp();
                    await queries.CareAsync(clock.Now(), cancellationToken).ConfigureAwait(false);
                }

                isReady = true;
            }
        }
        finally
        {
            _ = turn.Release();
        }
    }
}

/// <summary>What the jobs need of their store.</summary>
internal sealed record PostgresJobsNeeds(
    PostgresSource Source,
    SqlText Sql,
    int Tenant,
    IndexNames Names,
    Segments Segments,
    StoreClock Clock,
    CommitLanes Lanes,
    PostgresFollowers Followers,
    TimeProvider Time);
