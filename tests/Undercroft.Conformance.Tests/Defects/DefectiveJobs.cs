using Undercroft.Jobs;
using Undercroft.Layers;

namespace Undercroft.Conformance.Tests.Defects;

/// <summary>A store of jobs that is sound but for what is given.</summary>
internal sealed class DefectiveJobs(IStore inner) : DelegatingStore(inner), IJobStore
{
    /// <summary>Changes a commit before it is applied.</summary>
    public Func<IJobStore, Commit, Task<Commit>>? Amend { get; init; }

    /// <summary>What to commit where a commit was refused.</summary>
    public Func<Commit, CommitResult, Commit?>? Again { get; init; }

    public Func<ClaimRequest, ClaimRequest>? Asks { get; init; }

    public Func<ClaimResult, ClaimResult>? Claims { get; init; }

    public Func<SessionUpdate, SessionUpdate>? Says { get; init; }

    public Func<SessionStatus, SessionUpdate, SessionStatus>? Hears { get; init; }

    public Func<JobMaintenance, DateTimeOffset, JobMaintenance>? Maintains { get; init; }

    public Func<JobInfo?, JobInfo?>? Finds { get; init; }

    public required TimeProvider Clock { get; init; }

    public long WorkMark => Jobs.WorkMark;

    private IJobStore Jobs => Inner.Feature<IJobStore>()!;

    public override TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature ?? base.Feature<TFeature>();

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var amended = Amend is null ? commit : await Amend(Jobs, commit);
        var result = await base.CommitAsync(amended, cancellationToken);
        return !result.IsCommitted && Again?.Invoke(commit, result) is { } again
            ? await base.CommitAsync(again, cancellationToken)
            : result;
    }

    public async ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        var result = await Jobs.ClaimAsync(session, Asks?.Invoke(request) ?? request, cancellationToken);
        return Claims?.Invoke(result) ?? result;
    }

    public async ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        var status = await Jobs.HeartbeatAsync(session, Says?.Invoke(update) ?? update, cancellationToken);
        return Hears?.Invoke(status, update) ?? status;
    }

    public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default) =>
        Jobs.MaintainJobsAsync(Maintains?.Invoke(request, Clock.GetUtcNow()) ?? request, cancellationToken);

    public async ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default)
    {
        var found = await Jobs.FindJobAsync(job, cancellationToken);
        return Finds is null ? found : Finds(found);
    }

    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default) =>
        Jobs.ListJobsAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        Jobs.ListQueuesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
        Jobs.ListSessionsAsync(cancellationToken);

    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default) =>
        Jobs.FindBatchAsync(batch, cancellationToken);

    public ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default) =>
        Jobs.WaitForWorkAsync(mark, cancellationToken);

    /// <summary>Makes a change of one kind of operations into one of commits.</summary>
    public static Func<IJobStore, Commit, Task<Commit>> Each<T>(Func<IJobStore, T, Task<StoreOperation?>> change)
        where T : StoreOperation => async (jobs, commit) =>
        {
            var operations = new List<StoreOperation>();
            foreach (var operation in commit.Operations)
            {
                var amended = operation is T one ? await change(jobs, one) : operation;
                if (amended is not null)
                {
                    operations.Add(amended);
                }
            }

            // A commit of nothing is refused: what was taken out stands for a check of nothing.
            return new Commit(operations.Count > 0
                ? operations
                : [new CheckOperation(new RecordKey("nothing", "nothing"), WriteCondition.Absent)])
            {
                Identity = commit.Identity,
            };
        };

    /// <summary>Makes a change of new jobs into one of commits.</summary>
    public static Func<IJobStore, Commit, Task<Commit>> EachNew(Func<NewJob, NewJob> change) =>
        Each<EnqueueOperation>((_, one) => Task.FromResult<StoreOperation?>(new EnqueueOperation(change(one.New))));

    /// <summary>Makes a change of settlements into one of commits.</summary>
    public static Func<IJobStore, Commit, Task<Commit>> EachSettled(Func<Settlement, Settlement> change) =>
        Each<SettleOperation>(
            (_, one) => Task.FromResult<StoreOperation?>(new SettleOperation(one.Lease, change(one.Settlement))));
}
