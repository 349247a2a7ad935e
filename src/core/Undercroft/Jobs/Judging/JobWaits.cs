namespace Undercroft.Jobs;

/// <summary>Follows who waits for whom, over jobs and batches.</summary>
internal static class JobWaits
{
    /// <summary>Whether what a job is to wait for waits for that job: then it never would begin.</summary>
    /// <param name="state">The rows, linked so far.</param>
    /// <param name="row">The job.</param>
    /// <param name="what">What it is to wait for.</param>
    /// <returns>False too where that is not seen within <see cref="JobLimits.CircleJobsMax"/> jobs.</returns>
    public static bool IsCircle(IJobState state, JobRow row, JobNode what)
    {
        var seen = new HashSet<JobNode> { row.Id };
        var queue = new Queue<JobNode>(seen);
        if (row.Extra?.Batch is { } own && seen.Add(own))
        {
            queue.Enqueue(own);
        }

        while (queue.TryDequeue(out var node) && seen.Count < JobLimits.CircleJobsMax)
        {
            if (node == what)
            {
                return true;
            }

            var edges = node.Batch is { } name
                ? state.FindCell(JobCellKind.Batch, name)?.Edges
                : state.Find(node.Job)?.Extra?.Dependents;
            foreach (var edge in edges ?? [])
            {
                if (state.Find(edge.Child) is not { State: JobState.Waiting, Extra: { DependenciesLeft: > 0 } extra })
                {
                    continue;
                }

                if (seen.Add(edge.Child))
                {
                    queue.Enqueue(edge.Child);
                }

                if (extra.Batch is { } batch && seen.Add(batch))
                {
                    queue.Enqueue(batch);
                }
            }
        }

        return false;
    }
}
