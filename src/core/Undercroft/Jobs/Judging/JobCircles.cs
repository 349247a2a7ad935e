namespace Undercroft.Jobs;

/// <summary>Refuses jobs of a commit that wait for each other in a circle, by their ids or by their batches.</summary>
internal static class JobCircles
{
    /// <exception cref="ArgumentException">There is a circle.</exception>
    public static void Check(Commit commit)
    {
        // What a job waits for: jobs, and batches, which wait for each of their jobs.
        var left = new Dictionary<JobNode, int>();
        var waiting = new Dictionary<JobNode, List<JobNode>>();
        var jobs = commit.Operations.OfType<EnqueueOperation>().Select(static one => one.New).ToList();
        foreach (var job in jobs)
        {
            _ = left.TryAdd(job.Id, 0);
            if (job.Batch is { } batch)
            {
                _ = left.TryAdd(batch, 0);
            }
        }

        foreach (var job in jobs)
        {
            foreach (var on in job.DependsOn)
            {
                Wait(job.Id, on.Job);
            }

            if (job.AfterBatch is { } before)
            {
                Wait(job.Id, before);
            }

            if (job.Batch is { } batch)
            {
                Wait(batch, job.Id);
            }
        }

        var free = new Queue<JobNode>(left.Where(static pair => pair.Value == 0).Select(static pair => pair.Key));
        var done = 0;
        while (free.TryDequeue(out var one))
        {
            done++;
            foreach (var next in waiting.GetValueOrDefault(one) ?? [])
            {
                if (--left[next] == 0)
                {
                    free.Enqueue(next);
                }
            }
        }

        if (done < left.Count)
        {
            var one = jobs.First(job => left[job.Id] > 0);
            throw new ArgumentException(
                $"The jobs of a commit depend on each other in a circle, job {one.Id} among them; none could ever " +
                "run. Take one of the dependencies, or of the batches waited for, out.",
                nameof(commit));
        }

        void Wait(JobNode who, JobNode what)
        {
            if (left.ContainsKey(what))
            {
                left[who]++;
                if (!waiting.TryGetValue(what, out var list))
                {
                    waiting[what] = list = [];
                }

                list.Add(who);
            }
        }
    }
}
