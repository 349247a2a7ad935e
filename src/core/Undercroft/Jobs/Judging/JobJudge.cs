using Undercroft.Backends;

namespace Undercroft.Jobs;

/// <summary>Decides what job operations, claims, heartbeats and maintenance come to: the laws of jobs, once for all
/// backends.</summary>
/// <remarks>The caller holds whatever makes the state stand still until what was changed is kept. One run, one thread.
/// </remarks>
/// <param name="state">The rows.</param>
/// <param name="now">The instant it happens at.</param>
public sealed class JobJudge(IJobState state, DateTimeOffset now)
{
    private readonly IJobState state = state ?? throw new ArgumentNullException(nameof(state));
    private readonly JobMoves moves = new(state!, now.UtcTicks);

    /// <summary>Whether something was made ready or due: those who wait for work should look.</summary>
    public bool HasWork => moves.HasWork;

    /// <summary>Looks for what refuses a commit: stale runs, duplicates to be rejected, dependencies that are not
    /// there or that the commit itself deletes, and circles. Changes nothing.</summary>
    /// <param name="commit">A commit <see cref="JobGuard"/> has let through.</param>
    /// <param name="conflicts">Where the conflicts go.</param>
    public void Check(Commit commit, ICollection<CommitConflict> conflicts)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(conflicts);
        HashSet<JobId>? fresh = null;
        HashSet<JobId>? gone = null;
        HashSet<string>? keys = null;
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            switch (commit.Operations[i])
            {
                case SettleOperation { Lease: var lease } settle when moves.FindRun(lease) is null:
                    conflicts.Add(Conflict(i, settle, ConflictKind.StaleLease));
                    break;
                case StepOperation { Lease: var lease } step when moves.FindRun(lease) is null:
                    conflicts.Add(Conflict(i, step, ConflictKind.StaleLease));
                    break;
                case StepOperation { Lease: var lease } step when !moves.FindRun(lease)!.HasRoomFor(step):
                    conflicts.Add(Conflict(i, step, ConflictKind.StepLimit));
                    break;
                case EnqueueOperation { New: { UniqueKey: { } key, Duplicates: DuplicatePolicy.Reject } job } enqueue
                    when !(keys ??= new(StringComparer.Ordinal)).Add(JobMoves.KeyOf(job.Queue, key)) ||
                        moves.FindHolder(job) is { } holder && holder.Job != job.Id:
                    conflicts.Add(Conflict(i, enqueue, ConflictKind.DuplicateJob));
                    break;
                case EnqueueOperation { New.DependsOn: { Count: > 0 } on } enqueue
                    when on.Any(one => !CanWaitFor(one.Job, fresh ??= Fresh(commit), gone ??= Gone(commit))):
                    conflicts.Add(Conflict(i, enqueue, ConflictKind.MissingDependency));
                    break;
                default:
                    break;
            }
        }

        if (conflicts.Count == 0 && JobDetours.Find(commit, state, moves) is { } at)
        {
            conflicts.Add(Conflict(at, (JobOperation)commit.Operations[at], ConflictKind.CircularDependency));
        }
    }

    /// <summary>Applies the job operations of a commit in which <see cref="Check"/> has found nothing.</summary>
    /// <returns>What each came to, in their order.</returns>
    public IReadOnlyList<JobOutcome> Apply(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var outcomes = new JobOutcomes(commit.Operations.Count);
        var enqueueing = new JobEnqueueing(state, moves);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            switch (commit.Operations[i])
            {
                case EnqueueOperation enqueue:
                    outcomes.Add(enqueue, enqueueing.Enqueue(enqueue.New, outcomes.Count));
                    break;
                case SettleOperation settle:
                    var run = moves.FindRun(settle.Lease)!;
                    moves.Settle(run, settle.Settlement);
                    outcomes.Add(settle, new(run.Id, JobEffect.Settled, run.State));
                    break;
                case StepOperation step:
                    outcomes.Add(step, moves.Keep(step));
                    break;
                case JobControlOperation control:
                    outcomes.Add(control, new JobControls(state, moves).Apply(control));
                    break;
                default:
                    break;
            }
        }

        enqueueing.Link(outcomes);
        return outcomes;
    }

    /// <summary>Claims jobs.</summary>
    public ClaimResult Claim(SessionId session, ClaimRequest request) =>
        Claim(session, request, Math.Max(request?.Max ?? 0, JobClaims.DueMin));

    /// <summary>Claims jobs, and takes up no more than so many that are due.</summary>
    internal ClaimResult Claim(SessionId session, ClaimRequest request, int dueMax)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new JobClaims(state, moves).Claim(session, request, dueMax);
    }

    /// <summary>Hears a session.</summary>
    public SessionStatus Heartbeat(SessionId session, SessionUpdate update) =>
        Heartbeat(session, update, JobLimits.ClaimMax);

    /// <summary>Hears a session; where it ends, as many jobs go back at once as are told.</summary>
    internal SessionStatus Heartbeat(SessionId session, SessionUpdate update, int max)
    {
        ArgumentNullException.ThrowIfNull(update);
        return new JobSessions(state, moves, max).Hear(session, update);
    }

    /// <summary>Does what time has brought.</summary>
    public JobMaintenanceReport Maintain(JobMaintenance request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new JobUpkeep(state, moves).Run(request);
    }

    private static CommitConflict Conflict(int position, JobOperation operation, ConflictKind kind) =>
        new(position, operation.Key, kind, Revision.None);

    private static HashSet<JobId> Fresh(Commit commit) =>
        [.. commit.Operations.OfType<EnqueueOperation>().Select(static one => one.Job)];

    private static HashSet<JobId> Gone(Commit commit) =>
    [
        .. commit.Operations.OfType<JobControlOperation>()
            .Where(static one => one.Kind == JobControlKind.Delete)
            .Select(static one => one.Job),
    ];

    // What the commit deletes is missing, in whatever state it is, or will be by then: how it has ended would be lost.
    private bool CanWaitFor(JobId job, HashSet<JobId> fresh, HashSet<JobId> gone) =>
        !gone.Contains(job) && (fresh.Contains(job) || (state.Find(job) is { } row &&
            (row.HasEnded || row.Extra?.Dependents?.Count is null or < JobLimits.DependentsMax)));
}
