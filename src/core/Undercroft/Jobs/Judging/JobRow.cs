namespace Undercroft.Jobs;

/// <summary>A job as backends keep it: what <see cref="JobJudge"/> changes. Times are ticks of UTC.</summary>
/// <remarks>Before a row is changed <see cref="IJobState.Change"/> hears of it, and <see cref="IJobState.Save"/> after.
/// </remarks>
public sealed class JobRow
{
    private JobId id;
    private string kind = "";
    private long order;
    private long enqueuedAt;

    /// <summary>The job's id.</summary>
    public JobId Id
    {
        get => id;
        init => id = value;
    }

    /// <summary>Its queue.</summary>
    public required string Queue { get; set; }

    /// <summary>Its kind.</summary>
    public required string Kind
    {
        get => kind;
        init => kind = value;
    }

    /// <summary>What it was enqueued with.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    /// <summary>Its state.</summary>
    public JobState State { get; set; }

    /// <summary>Its priority.</summary>
    public int Priority { get; set; }

    /// <summary>When it is due.</summary>
    public long DueAt { get; set; }

    /// <summary>Its place among all jobs: the order of enqueueing. It never changes.</summary>
    public long Order
    {
        get => order;
        init => order = value;
    }

    /// <summary>When it was enqueued.</summary>
    public long EnqueuedAt
    {
        get => enqueuedAt;
        init => enqueuedAt = value;
    }

    /// <summary>When it last began; zero where it never did.</summary>
    public long StartedAt { get; set; }

    /// <summary>When it ended; zero where it has not.</summary>
    public long FinishedAt { get; set; }

    /// <summary>Counts its claims.</summary>
    public long Fence { get; set; }

    /// <summary>Who runs it.</summary>
    public SessionId Session { get; set; }

    /// <summary>How often it has begun, without what does not count.</summary>
    public int Attempt { get; set; }

    /// <summary>How often it is tried at most.</summary>
    public int AttemptsMax { get; set; }

    /// <summary>What only some jobs have; null where this one has none of it.</summary>
    public JobExtra? Extra { get; set; }

    // The memory store's own: the list the row is in, its links there, and the lists of its queue and kind.
    internal JobRow? Left { get; set; }

    internal JobRow? Right { get; set; }

    internal JobLine? Line { get; set; }

    internal JobHome? Home { get; set; }

    internal bool IsChained { get; set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => State >= JobState.Succeeded;

    /// <summary>The list the row belongs to, in its state.</summary>
    public JobPlace Place => State switch
    {
        JobState.Scheduled => new(JobList.Scheduled),
        JobState.Ready => new(JobList.Ready, Queue, Kind),
        JobState.Running => new(JobList.Session, Session: Session),
        JobState.Waiting when Extra is { ConcurrencyKey: { } key, DependenciesLeft: 0 } =>
            new(JobList.Waiters, Queue, key),
        JobState.Waiting => new(JobList.None),
        JobState.Succeeded => new(JobList.Succeeded),
        JobState.Dead => new(JobList.Dead),
        _ => new(JobList.Cancelled),
    };

    /// <summary>What orders the row in its list; <see cref="Order"/> and <see cref="Id"/> decide between equals.
    /// </summary>
    public (long First, long Second) SortKey => State switch
    {
        JobState.Scheduled => (DueAt, 0),
        JobState.Ready => (Priority, DueAt),
        JobState.Succeeded or JobState.Dead or JobState.Cancelled => (FinishedAt, 0),
        _ => (0, 0),
    };

    /// <summary>Compares two rows of one list.</summary>
    public int CompareTo(JobRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (mine, others) = (SortKey, other.SortKey);
        return mine.First != others.First ? mine.First.CompareTo(others.First)
            : mine.Second != others.Second ? mine.Second.CompareTo(others.Second)
            : Order != other.Order ? Order.CompareTo(other.Order)
            : Id.CompareTo(other.Id);
    }

    /// <summary>Gives the extra, made where there was none.</summary>
    public JobExtra Demand() => Extra ??= new JobExtra();

    /// <summary>Whether one more step has room beside those it has; one of its name makes way for it.</summary>
    internal bool HasRoomFor(StepOperation step)
    {
        var (count, bytes) = (1, (long)step.Output.Length);
        foreach (var one in Extra?.Steps ?? [])
        {
            if (one.Name != step.Name)
            {
                count++;
                bytes += one.Output.Length;
            }
        }

        return count <= JobLimits.StepsMax && bytes <= JobLimits.StepBytesMax;
    }

    /// <summary>Makes it the row of a new job, whatever it was before.</summary>
    internal void Begin(NewJob job, long place, long now, long due)
    {
        (id, Queue, kind) = (job.Id, job.Queue, job.Kind);
        Payload = job.Payload.ToArray();
        (State, Priority, AttemptsMax) = (default, job.Priority, job.AttemptsMax);
        (order, enqueuedAt, DueAt, StartedAt, FinishedAt) = (place, now, due, 0, 0);
        (Session, Fence, Attempt, Extra) = (default, 0, 0, null);
    }
}
