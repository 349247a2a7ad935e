using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Conformance.Jobs;

/// <summary>Takes a store and the model through the same steps.</summary>
internal sealed class JobModelRun(JobStore jobs, ManualClock clock, CancellationToken cancel)
{
    private const string Kind = "work";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private readonly JobModel model = new();

    private long Now => clock.GetUtcNow().UtcTicks;

    public async Task RunAsync(IReadOnlyList<JobMove> moves)
    {
        for (var i = 0; i < moves.Count; i++)
        {
            // Each step has an instant of its own, so that order is the same everywhere.
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await RunAsync(moves[i]);
            if (i % 5 == 4 || i == moves.Count - 1)
            {
                await CompareAsync();
            }
        }
    }

    private async Task RunAsync(JobMove move)
    {
        switch (move.What)
        {
            case "enqueue":
                await EnqueueAsync(move);
                break;
            case "open":
                await OpenAsync();
                break;
            case "advance":
                clock.Advance(TimeSpan.FromMilliseconds(move.A * 6));
                break;
            case "maintain":
                model.Maintain(Now);
                _ = await jobs.MaintainJobsAsync(
                    new JobMaintenance { KeepSucceeded = null, KeepCancelled = null, KeepDead = null }, cancel);
                break;
            case "claim" or "renew" when model.Sessions.Count > 0:
                await HearAsync(move);
                break;
            case "settle" when model.Runs.Count > 0:
                await SettleAsync(move);
                break;
            case "cancel" or "requeue" when model.Jobs.Count > 0:
                await ControlAsync(move);
                break;
            default:
                break;
        }
    }

    private async Task EnqueueAsync(JobMove move)
    {
        int? key = move.B % 3 == 0 ? move.C % 2 : null;
        var delay = TimeSpan.FromMilliseconds(move.A % 2 == 0 ? 0 : move.A * 5);
        var job = new NewJob
        {
            Kind = Kind,
            Priority = move.C % 3,
            Delay = delay,
            AttemptsMax = JobModel.AttemptsMax,
            CrashesMax = JobModel.CrashesMax,
            ConcurrencyKey = key is null ? null : $"key{key}",
            ConcurrencyLimit = key == 0 ? 1 : 2,
        };
        var expected = model.Enqueue(job.Id, Now, job.Priority, delay.Ticks, key);
        var outcome = (await CommitAsync(new EnqueueOperation(job))).Jobs[0];
        Assert.Equal(new JobOutcome(job.Id, JobEffect.Enqueued, expected.State), outcome);
    }

    private async Task OpenAsync()
    {
        var session = SessionId.New();
        model.Sessions.Add((session, Now + Lease.Ticks));
        var status = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = Lease }, cancel);
        Assert.True(status.IsAlive);
    }

    private async Task HearAsync(JobMove move)
    {
        var at = move.A % model.Sessions.Count;
        var (session, _) = model.Sessions[at];
        var isAlive = model.IsAlive(at, Now);
        if (move.What == "claim")
        {
            var max = 1 + (move.B % 4);
            var expected = isAlive ? model.Claim(session, Now, max) : [];
            var claim = await jobs.ClaimAsync(
                session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = max }, cancel);
            Assert.Equal(isAlive, claim.IsSessionAlive);
            Assert.Equal(
                expected.Select(static job => (job.Id, job.Fence, job.Attempt)),
                claim.Jobs.Select(static job => (job.Id, job.Lease.Fence, job.Attempt)));
            return;
        }

        if (isAlive)
        {
            model.Sessions[at] = (session, Now + Lease.Ticks);
        }

        var status = await jobs.HeartbeatAsync(session, new SessionUpdate { Lease = Lease }, cancel);
        Assert.Equal(isAlive, status.IsAlive);
        Assert.Equal(
            isAlive
                ? model.Jobs.Where(job => job.Session == session && job.State == JobState.Running)
                    .Where(static job => job.IsCancelRequested).Select(static job => job.Id).Order()
                : [],
            status.CancelRequests.Select(static lease => lease.Job).Order());
    }

    private async Task SettleAsync(JobMove move)
    {
        // Mostly a recent run, now and then one long gone.
        var at = move.A % 4 == 0
            ? move.B % model.Runs.Count
            : model.Runs.Count - 1 - (move.B % Math.Min(4, model.Runs.Count));
        var kind = (SettlementKind)(move.C % 6);
        var delay = TimeSpan.FromMilliseconds(move.C % 4 == 0 ? 0 : move.B * 3);
        var (job, session, fence) = model.Runs[at];
        var isValid = model.Settle(at, kind, delay.Ticks, Now);
        var result = await CommitAsync(new SettleOperation(new JobLease(job.Id, session, fence), kind switch
        {
            SettlementKind.Succeed => Settlement.Succeeded,
            SettlementKind.Retry => Settlement.Retry(delay, "no"),
            SettlementKind.Fail => Settlement.Fail("no"),
            SettlementKind.Snooze => Settlement.Snooze(delay),
            SettlementKind.Release => Settlement.Released,
            _ => Settlement.Cancelled,
        }));
        Assert.Equal(isValid, result.IsCommitted);
    }

    private async Task ControlAsync(JobMove move)
    {
        var job = model.Jobs[move.A % model.Jobs.Count];
        if (move.What == "cancel")
        {
            model.Cancel(job);
        }
        else
        {
            model.Requeue(job, Now);
        }

        var operation = move.What == "cancel"
            ? JobControlOperation.Cancel(job.Id)
            : JobControlOperation.Requeue(job.Id);
        _ = await CommitAsync(operation);
    }

    private async Task<CommitResult> CommitAsync(JobOperation operation) =>
        await jobs.CommitAsync(new Commit(operation), cancel);

    private async Task CompareAsync()
    {
        foreach (var job in model.Jobs)
        {
            var found = await jobs.FindJobAsync(job.Id, cancel);
            Assert.NotNull(found);
            Assert.Equal(
                (job.State, job.Attempt, job.Fence, job.Crashes), (found.State, found.Attempt, found.Fence, found.Crashes));
        }

        var queue = (await jobs.ListQueuesAsync(cancel)).SingleOrDefault();
        foreach (var state in Enum.GetValues<JobState>())
        {
            Assert.Equal(model.Jobs.Count(job => job.State == state), queue?[state] ?? 0);
        }
    }
}
