using System.Buffers;
using System.Globalization;
using System.Numerics;

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
                hasDependencies |= operation is EnqueueOperation { New: var job } &&
                    (job.DependsOn.Count > 0 || job.AfterBatch is not null);
            }
        }

        if (count > 1)
        {
            CheckOnce(commit);
        }

        if (hasDependencies)
        {
            JobCircles.Check(commit);
        }

        return count > 0;
    }

    /// <summary>Refuses to work on the jobs of a store that is open for reading only. To look at them is not work.
    /// </summary>
    /// <exception cref="StoreException">The store is read-only.</exception>
    public static void CheckWritable(StoreInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw new StoreException(
                StoreErrorKind.ReadOnly,
                $"The store '{info.Location ?? info.Backend}' is open for reading only. Open it for writing to work " +
                "on its jobs.")
            {
                Backend = info.Backend,
            };
        }
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
        CheckNameOrNone(job.Batch, "batch");
        CheckNameOrNone(job.AfterBatch, "batch to wait for");
        CheckTimes(job);
        CheckSpan(job.Timeout, "timeout");
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

        CheckCount(job.AttemptsMax, "attempts");
        CheckCount(job.CrashesMax, "crashes");
        CheckCount(job.ConcurrencyLimit, "concurrency limit");
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

    private static void CheckTimes(NewJob job)
    {
        CheckSpan(job.Delay, "delay");
        CheckSpan(job.UniqueFor, "time of a unique key");
        if (job.UniqueFor > TimeSpan.Zero && job.UniqueKey is null)
        {
            throw new ArgumentException(
                $"A job holds a unique key for {job.UniqueFor}, but has none. Give it a unique key, or leave the " +
                "time out.");
        }

        if (job.DueAt is not { } dueAt)
        {
            return;
        }

        if (job.Delay > TimeSpan.Zero)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A job is due after a delay or at a time, not both; found {job.Delay} and {dueAt:O}. Leave one out."));
        }

        if (dueAt > JobLimits.DueAtMax)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A job must be due by the end of the year {JobLimits.DueAtMax.Year}; found {dueAt:O}. Correct it."));
        }
    }

    private static void CheckCount(int count, string what)
    {
        if (count < 1)
        {
            throw new ArgumentException($"The {what} of a job must be 1 at least; found {count}.");
        }
    }

    private static void CheckNameOrNone(string? name, string what)
    {
        if (name is not null)
        {
            CheckName(name, what);
        }
    }

    private static void CheckOnce(Commit commit)
    {
        // A table of places with room for twice as many, which allocates nothing.
        var bits = BitOperations.Log2((uint)commit.Operations.Count) + 2;
        var places = ArrayPool<int>.Shared.Rent(1 << bits);
        try
        {
            places.AsSpan(0, 1 << bits).Clear();
            for (var i = 0; i < commit.Operations.Count; i++)
            {
                if (commit.Operations[i] is JobOperation job && !TryAdd(commit, places, bits, i, job))
                {
                    throw new ArgumentException(
                        $"A commit may address a job once; it addresses {Names.Show(job.Key.Id)} twice.",
                        nameof(commit));
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    private static bool TryAdd(Commit commit, int[] places, int bits, int position, JobOperation job)
    {
        var queue = job.Job == JobId.None ? (job as JobControlOperation)?.Queue : null;
        var hash = queue is null ? job.Job.GetHashCode() : string.GetHashCode(queue, StringComparison.Ordinal);
        var at = (int)(((uint)hash * 0x9E3779B9) >> (32 - bits));
        for (; places[at] != 0; at = (at + 1) & ((1 << bits) - 1))
        {
            var other = (JobOperation)commit.Operations[places[at] - 1];
            if (other.Job == job.Job && (queue is null || (other as JobControlOperation)?.Queue == queue))
            {
                return false;
            }
        }

        places[at] = position + 1;
        return true;
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
        ArgumentNullException.ThrowIfNull(name, what);
        if (name.Length == 0)
        {
            throw new ArgumentException(
                $"The {what} is empty; expected a name of 1 to {NewJob.NameBytesMax} bytes in UTF-8.", what);
        }

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
