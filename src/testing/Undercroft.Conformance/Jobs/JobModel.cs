using Undercroft.Jobs;

namespace Undercroft.Conformance.Jobs;

/// <summary>What jobs do, written down as plainly as possible: one list, walked each time.</summary>
internal sealed class JobModel
{
    public const int CrashesMax = 3;
    public const int AttemptsMax = 4;
    private const int DueMin = 64;
    private const int MaintainMax = 500;

    private long order;

    public List<ModelJob> Jobs { get; } = [];

    public List<(SessionId Id, long Until)> Sessions { get; } = [];

    /// <summary>Every run there was: the job, its session and its fence.</summary>
    public List<(ModelJob Job, SessionId Session, long Fence)> Runs { get; } = [];

    public ModelJob Enqueue(JobId id, long now, int priority, long delay, int? key)
    {
        var job = new ModelJob { Id = id, Priority = priority, DueAt = now + delay, Order = ++order, Key = key };
        Admit(job, now);
        Jobs.Add(job);
        return job;
    }

    public bool IsAlive(int session, long now) => Sessions[session].Until > now;

    public List<ModelJob> Claim(SessionId session, long now, int max)
    {
        Promote(now, Math.Max(max, DueMin));
        var taken = Jobs.Where(static job => job.State == JobState.Ready)
            .OrderBy(static job => job.Priority).ThenBy(static job => job.DueAt).ThenBy(static job => job.Order)
            .Take(max).ToList();
        foreach (var job in taken)
        {
            job.State = JobState.Running;
            job.Attempt++;
            job.Fence++;
            job.Session = session;
            Runs.Add((job, session, job.Fence));
        }

        return taken;
    }

    public bool Settle(int run, SettlementKind kind, long delay, long now)
    {
        var (job, session, fence) = Runs[run];
        if (job.State != JobState.Running || job.Session != session || job.Fence != fence)
        {
            return false;
        }

        var isAgain = kind is SettlementKind.Retry or SettlementKind.Snooze or SettlementKind.Release;
        if (kind is SettlementKind.Snooze or SettlementKind.Release && !job.IsCancelRequested)
        {
            job.Attempt--;
        }

        if (kind == SettlementKind.Succeed)
        {
            End(job, JobState.Succeeded);
        }
        else if (kind == SettlementKind.Cancel || (isAgain && job.IsCancelRequested))
        {
            End(job, JobState.Cancelled);
        }
        else if (kind == SettlementKind.Fail || (kind == SettlementKind.Retry && job.Attempt >= AttemptsMax))
        {
            End(job, JobState.Dead);
        }
        else
        {
            job.DueAt = kind == SettlementKind.Release ? job.DueAt : now + delay;
            job.State = job.DueAt > now ? JobState.Scheduled : JobState.Ready;
            MoveUp(job.Key);
        }

        return true;
    }

    public void Maintain(long now)
    {
        Promote(now, MaintainMax);
        foreach (var (session, _) in Sessions.Where(one => one.Until <= now))
        {
            foreach (var job in Jobs.Where(job => job.State == JobState.Running && job.Session == session).ToList())
            {
                job.Crashes++;
                if (job.IsCancelRequested)
                {
                    job.Crashes--;
                    End(job, JobState.Cancelled);
                }
                else if (job.Crashes >= CrashesMax || job.Attempt >= AttemptsMax)
                {
                    End(job, JobState.Dead);
                }
                else
                {
                    job.State = JobState.Ready;
                }
            }
        }
    }

    public void Cancel(ModelJob job)
    {
        if (job.State == JobState.Running)
        {
            job.IsCancelRequested = true;
        }
        else if (job.State < JobState.Succeeded)
        {
            End(job, JobState.Cancelled);
        }
    }

    public void Requeue(ModelJob job, long now)
    {
        if (job.State >= JobState.Succeeded)
        {
            (job.Attempt, job.Crashes, job.DueAt) = (0, 0, now);
            Admit(job, now);
        }
    }

    private static int LimitOf(int? key) => key == 0 ? 1 : 2;

    private void Promote(long now, int max)
    {
        var due = Jobs.Where(static job => job.State == JobState.Scheduled)
            .OrderBy(static job => job.DueAt).ThenBy(static job => job.Order)
            .Take(max).TakeWhile(job => job.DueAt <= now).ToList();
        foreach (var job in due)
        {
            Admit(job, now);
        }
    }

    private void Admit(ModelJob job, long now)
    {
        job.State = JobState.Scheduled;
        if (job.DueAt <= now)
        {
            job.State = job.Key is null || (Waiting(job.Key) == 0 && Active(job.Key) < LimitOf(job.Key))
                ? JobState.Ready
                : JobState.Waiting;
        }
    }

    private void End(ModelJob job, JobState state)
    {
        job.State = state;
        job.IsCancelRequested = false;
        MoveUp(job.Key);
    }

    private void MoveUp(int? key)
    {
        while (key is not null && Waiting(key) > 0 && Active(key) < LimitOf(key))
        {
            Jobs.Where(job => job.State == JobState.Waiting && job.Key == key).MinBy(static job => job.Order)!.State =
                JobState.Ready;
        }
    }

    private int Active(int? key) =>
        Jobs.Count(job => job.Key == key && job.State is JobState.Ready or JobState.Running && job.Key == key);

    private int Waiting(int? key) => Jobs.Count(job => job.Key == key && job.State == JobState.Waiting);
}
