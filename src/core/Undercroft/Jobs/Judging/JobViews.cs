using System.Globalization;

namespace Undercroft.Jobs;

/// <summary>What people and programs see of rows and cells. For backends.</summary>
public static class JobViews
{
    /// <summary>How many states there are.</summary>
    public const int StateCount = (int)JobState.Cancelled + 1;

    /// <summary>Makes a view of a row; it shares nothing that changes.</summary>
    public static JobInfo ToInfo(JobRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var extra = row.Extra ?? new JobExtra();
        return new JobInfo
        {
            Id = row.Id,
            Queue = row.Queue,
            Kind = row.Kind,
            State = row.State,
            Payload = row.Payload,
            Result = extra.Result,
            Priority = row.Priority,
            Attempt = row.Attempt,
            AttemptsMax = row.AttemptsMax,
            Snoozes = extra.Snoozes,
            Crashes = extra.Crashes,
            Requeues = extra.Requeues,
            Fence = row.Fence,
            Session = row.Session,
            IsCancelRequested = extra.IsCancelRequested,
            EnqueuedAt = Time(row.EnqueuedAt),
            DueAt = Time(row.DueAt),
            StartedAt = row.StartedAt == 0 ? null : Time(row.StartedAt),
            FinishedAt = row.FinishedAt == 0 ? null : Time(row.FinishedAt),
            UniqueKey = extra.UniqueKey,
            ConcurrencyKey = extra.ConcurrencyKey,
            Batch = extra.Batch,
            DependenciesLeft = extra.DependenciesLeft,
            Progress = extra.Progress,
            ProgressText = extra.ProgressText,
            Headers = extra.Headers,
            Errors = extra.Errors ?? [],
            Steps = extra.Steps ?? [],
        };
    }

    /// <summary>Makes of a row that was just claimed what its worker gets.</summary>
    public static LeasedJob ToLeased(JobRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new LeasedJob(row, new LeasedTraits(row));
    }

    /// <summary>Makes the list of queues, in order.</summary>
    /// <param name="counts">How many jobs of each queue are in each state. It gets those that are paused and are not in
    /// it.</param>
    /// <param name="paused">The queues that are paused, whether there ever was a job in them or not.</param>
    public static IReadOnlyList<QueueInfo> ToQueues(
        SortedDictionary<string, long[]> counts, IReadOnlySet<string> paused)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(paused);
        foreach (var queue in paused)
        {
            _ = counts.TryAdd(queue, new long[StateCount]);
        }

        return [.. counts.Select(pair => new QueueInfo(pair.Key, paused.Contains(pair.Key), pair.Value))];
    }

    /// <summary>Makes a view of a session's cell.</summary>
    public static SessionInfo ToSession(JobCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new SessionInfo(
            new SessionId(Guid.Parse(cell.Key)), cell.Text, Time(cell.Counts[JobSessions.OpenedAt]), Time(cell.At));
    }

    /// <summary>Makes a view of a batch's cell.</summary>
    public static BatchInfo ToBatch(JobCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return JobBatch.ToInfo(cell);
    }

    /// <summary>Says whether a filter takes a row.</summary>
    public static bool Takes(JobFilter filter, JobRow row)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(row);
        return row.State == filter.State && (filter.Queue is null || filter.Queue == row.Queue) &&
            (filter.Kind is null || filter.Kind == row.Kind) &&
            (filter.Batch is null || filter.Batch == row.Extra?.Batch);
    }

    /// <summary>Writes the place of a row in a list, to go on from.</summary>
    public static string ToCursor(JobRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return FormattableString.Invariant($"{row.Order:x16}{row.Id}");
    }

    /// <summary>Reads a place; null where the filter begins.</summary>
    /// <exception cref="ArgumentException">It is no place.</exception>
    public static (long Order, JobId Id)? ReadCursor(JobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.After is not { } text)
        {
            return null;
        }

        return text.Length == 48 &&
            long.TryParse(text.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var order) &&
            JobId.TryParse(text[16..], out var id)
                ? (order, id)
                : throw new ArgumentException(
                    $"{Names.Show(text)} is no place in a list of jobs. Give back the next of the page before.",
                    nameof(filter));
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
