namespace Undercroft.Jobs;

/// <summary>Looks for circles between the jobs of a commit and those that are there: a new job joins a batch that
/// others wait for, and waits for one of those itself. Without a batch there is none, since a job waits only for what
/// is there.</summary>
internal sealed class JobDetours
{
    private readonly IJobState state;
    private readonly Dictionary<JobNode, List<NewJob>> waiting = [];
    private readonly List<(int Position, string Batch)> joining = [];

    private JobDetours(IJobState state) => this.state = state;

    /// <summary>Finds the first job of a commit that would wait for itself.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="state">The rows.</param>
    /// <param name="moves">Tells which unique keys are taken.</param>
    /// <returns>Its position; null where there is none, or none within <see cref="JobLimits.CircleJobsMax"/> jobs.
    /// </returns>
    public static int? Find(Commit commit, IJobState state, JobMoves moves)
    {
        var (joins, waits) = (false, false);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is EnqueueOperation { New: var job })
            {
                joins |= job.Batch is not null;
                waits |= job.DependsOn.Count > 0 || job.AfterBatch is not null;
            }
        }

        return joins && waits ? new JobDetours(state).Find(commit, moves) : null;
    }

    private int? Find(Commit commit, JobMoves moves)
    {
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            // One that stands for another neither joins nor waits.
            if (commit.Operations[i] is EnqueueOperation { New: var job } && state.Find(job.Id) is null &&
                (job.UniqueKey is null || moves.FindHolder(job) is null))
            {
                Take(i, job);
            }
        }

        var clean = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (position, batch) in joining)
        {
            if (clean.Add(batch) && LeadsBack(batch))
            {
                return position;
            }
        }

        return null;
    }

    private void Take(int position, NewJob job)
    {
        foreach (var on in job.DependsOn)
        {
            Wait(on.Job, job);
        }

        if (job.AfterBatch is { } before)
        {
            Wait(before, job);
        }

        if (job.Batch is { } batch)
        {
            joining.Add((position, batch));
        }
    }

    private void Wait(JobNode what, NewJob who)
    {
        if (!waiting.TryGetValue(what, out var list))
        {
            waiting[what] = list = [];
        }

        list.Add(who);
    }

    // Who waits for the batch, who for those, and so on: whether one of them counts in it.
    private bool LeadsBack(string batch)
    {
        var queue = new Queue<JobNode>([batch]);
        var seen = new HashSet<JobNode>();
        while (queue.TryDequeue(out var node))
        {
            foreach (var job in waiting.GetValueOrDefault(node) ?? [])
            {
                if (Meet(job.Id, job.Batch))
                {
                    return true;
                }
            }

            var edges = node.Batch is { } name
                ? state.FindCell(JobCellKind.Batch, name)?.Edges
                : state.Find(node.Job)?.Extra?.Dependents;
            foreach (var edge in edges ?? [])
            {
                if (seen.Count >= JobLimits.CircleJobsMax)
                {
                    return false;
                }

                if (state.Find(edge.Child) is { State: JobState.Waiting, Extra: { DependenciesLeft: > 0 } extra } row &&
                    Meet(row.Id, extra.Batch))
                {
                    return true;
                }
            }
        }

        return false;

        bool Meet(JobId job, string? its)
        {
            if (seen.Add(job))
            {
                queue.Enqueue(job);
            }

            if (its is not null && its != batch && seen.Add(its))
            {
                queue.Enqueue(its);
            }

            return its == batch;
        }
    }
}
