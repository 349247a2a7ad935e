namespace Undercroft.Jobs;

/// <summary>Refuses, before any I/O, what no job store accepts.</summary>
public static class JobGuard
{
    /// <summary>Checks the job operations of a commit.</summary>
    /// <returns>Whether there are any.</returns>
    /// <exception cref="ArgumentException">A text or number is out of range, a job is addressed twice, or jobs depend
    /// on each other in a circle.</exception>
    /// <exception cref="LimitExceededException">A payload, result or output is too long.</exception>
    public static bool Check(Commit commit, StoreLimits limits)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(limits);
        var count = 0;
        var hasDependencies = false;
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is JobOperation operation)
            {
                count++;
                Check(operation, limits);
                hasDependencies |= operation is EnqueueOperation { New.DependsOn.Count: > 0 };
            }
        }

        if (count > 1)
        {
            CheckOnce(commit);
        }

        if (hasDependencies)
        {
            CheckCircles(commit);
        }

        return count > 0;
    }

    /// <summary>Says whether a commit has job operations.</summary>
    public static bool HasJobs(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is JobOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks a claim.</summary>
    public static void Check(ClaimRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckNames(request.Queues, "queue", "queues");
        CheckNames(request.Kinds, "kind", "kinds");
        if (request.Max is < 1 or > JobLimits.ClaimMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(request), request.Max, $"A claim takes 1 to {JobLimits.ClaimMax} jobs.");
        }
    }

    /// <summary>Checks a session's update.</summary>
    public static void Check(SessionUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (update.Lease <= TimeSpan.Zero || update.Lease > JobLimits.SpanMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(update), update.Lease, "The lease of a session must be above zero, and at most 3,650 days.");
        }

        CheckText(update.Name, "name of a session");
        foreach (var progress in update.Progress)
        {
            Check(progress);
        }
    }

    /// <summary>Checks a word about progress.</summary>
    public static void Check(JobProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        CheckText(progress.Text, "progress", 1024);
        if (!(progress.Fraction is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(progress), progress.Fraction, "The progress of a job is out of range; expected 0 to 1.");
        }
    }

    /// <summary>Checks a request for maintenance.</summary>
    public static void Check(JobMaintenance request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Max is < 1 or > 10_000)
        {
            throw new ArgumentOutOfRangeException(
                nameof(request), request.Max, "A step of maintenance touches 1 to 10,000 jobs.");
        }

        CheckSpan(request.KeepSucceeded ?? default, "age of succeeded jobs");
        CheckSpan(request.KeepCancelled ?? default, "age of cancelled jobs");
        CheckSpan(request.KeepDead ?? default, "age of dead jobs");
    }

    /// <summary>Checks a filter.</summary>
    public static void Check(JobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Limit is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(filter), filter.Limit, "A page has 1 to 1,000 jobs.");
        }
    }

    private static void Check(JobOperation operation, StoreLimits limits)
    {
        switch (operation)
        {
            case EnqueueOperation enqueue:
                Check(enqueue.New, limits);
                break;
            case SettleOperation settle:
                CheckLength("the result of a job", settle.Settlement.Result.Length, limits);
                break;
            case StepOperation step:
                CheckName(step.Name, "name of a step");
                CheckLength("the output of a step", step.Output.Length, limits);
                break;
            case JobControlOperation { Job: var job } control when job == JobId.None || control.Queue is not null:
                CheckName(control.Queue, "queue");
                break;
            default:
                break;
        }
    }

    private static void Check(NewJob job, StoreLimits limits)
    {
        CheckName(job.Queue, "queue");
        CheckName(job.Kind, "kind");
        CheckText(job.UniqueKey, "unique key");
        CheckText(job.ConcurrencyKey, "concurrency key");
        CheckText(job.Batch, "batch");
        CheckText(job.AfterBatch, "batch");
        CheckSpan(job.Delay, "delay");
        CheckSpan(job.Timeout, "timeout");
        CheckSpan(job.UniqueFor, "time of a unique key");
        CheckLength("the payload of a job", job.Payload.Length, limits);
        if (job.Id == JobId.None)
        {
            throw new ArgumentException("A job needs an id; found none. Leave it out to get a fresh one.");
        }

        if (job.Batch is { } batch && batch == job.AfterBatch)
        {
            throw new ArgumentException(
                $"A job of batch {Names.Show(batch)} waits for that batch, itself among it, and could never run. " +
                "Leave its batch or what it waits for out.");
        }

        if (job.AttemptsMax < 1 || job.CrashesMax < 1 || job.ConcurrencyLimit < 1)
        {
            throw new ArgumentException(
                $"The attempts, crashes and concurrency limit of a job must be 1 at least; found {job.AttemptsMax}, " +
                $"{job.CrashesMax} and {job.ConcurrencyLimit}.");
        }

        if (job.DependsOn.Count > JobLimits.DependenciesMax)
        {
            throw new LimitExceededException(
                "the dependencies of a job", nameof(JobLimits.DependenciesMax), JobLimits.DependenciesMax,
                job.DependsOn.Count);
        }

        if (job.RateLimit is { } rate)
        {
            CheckName(rate.Key, "name of a rate limit");
            CheckSpan(rate.Period, "period of a rate limit");
            if (rate.Permits < 1 || rate.Period.Ticks < rate.Permits)
            {
                throw new ArgumentException(
                    $"A rate limit needs 1 permit at least and a period; found {rate.Permits} in {rate.Period}.");
            }
        }
    }

    private static void CheckOnce(Commit commit)
    {
        var seen = new HashSet<(JobId, string?)>();
        foreach (var operation in commit.Operations)
        {
            var queue = (operation as JobControlOperation)?.Queue;
            if (operation is JobOperation job && !seen.Add((job.Job, job.Job == JobId.None ? queue : null)))
            {
                throw new ArgumentException(
                    $"A commit may address a job once; it addresses {Names.Show(job.Key.Id)} twice.", nameof(commit));
            }
        }
    }

    private static void CheckCircles(Commit commit)
    {
        var jobs = commit.Operations.OfType<EnqueueOperation>().ToDictionary(static one => one.Job);
        var left = jobs.ToDictionary(
            static pair => pair.Key, pair => pair.Value.New.DependsOn.Count(one => jobs.ContainsKey(one.Job)));
        var dependents = jobs.Values
            .SelectMany(static one => one.New.DependsOn.Select(on => (Parent: on.Job, Child: one.Job)))
            .ToLookup(static edge => edge.Parent, static edge => edge.Child);
        var free = new Queue<JobId>(left.Where(static pair => pair.Value == 0).Select(static pair => pair.Key));
        var done = 0;
        while (free.TryDequeue(out var job))
        {
            done++;
            foreach (var child in dependents[job])
            {
                if (--left[child] == 0)
                {
                    free.Enqueue(child);
                }
            }
        }

        if (done < jobs.Count)
        {
            var one = left.First(static pair => pair.Value > 0).Key;
            throw new ArgumentException(
                $"The jobs of a commit depend on each other in a circle, job {one} among them; none could ever run. " +
                "Take one of the dependencies out.",
                nameof(commit));
        }
    }

    private static void CheckNames(IReadOnlyList<string> names, string what, string plural)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count is 0 or > JobLimits.NamesPerClaimMax)
        {
            throw new ArgumentException(
                $"A claim names 1 to {JobLimits.NamesPerClaimMax} {plural}; found {names.Count}.", plural);
        }

        for (var i = 0; i < names.Count; i++)
        {
            CheckName(names[i], what);
        }
    }

    private static void CheckName(string? name, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, what);
        CheckText(name, what);
    }

    private static void CheckText(string? text, string what, int bytesMax = NewJob.NameBytesMax)
    {
        if (text is null)
        {
            return;
        }

        Names.CheckUnicode(text, what);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The {what} {Names.Show(text)} holds the character U+0000; use another.", what);
        }

        if (text.Length * 3 > bytesMax && Utf8Order.ByteCount(text) is var bytes && bytes > bytesMax)
        {
            throw new ArgumentException(
                $"The {what} {Names.Show(text)} has {bytes} bytes in UTF-8; at most {bytesMax} are allowed. Shorten " +
                "it.",
                what);
        }
    }

    private static void CheckSpan(TimeSpan span, string what)
    {
        if (span < TimeSpan.Zero || span > JobLimits.SpanMax)
        {
            throw new ArgumentException(
                $"The {what} must be between zero and 3,650 days; found {span}.", what);
        }
    }

    private static void CheckLength(string what, int length, StoreLimits limits)
    {
        if (length > limits.ValueBytesMax)
        {
            throw new LimitExceededException(what, nameof(limits.ValueBytesMax), limits.ValueBytesMax, length);
        }
    }
}
