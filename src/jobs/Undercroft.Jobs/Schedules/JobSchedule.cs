namespace Undercroft.Jobs;

/// <summary>Enqueues a job again and again. Kept in the store: any number of processes may fire it, and each time of it
/// is enqueued exactly once.</summary>
public sealed record JobSchedule
{
    /// <summary>Its name: one of its own in the store.</summary>
    public required string Name { get; init; }

    /// <summary>When, in the language of cron: see <see cref="CronExpression"/>.</summary>
    public required string Cron { get; init; }

    /// <summary>Whose wall clock is meant: an id such as <c>Europe/Berlin</c>. The default is UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The kind of the jobs.</summary>
    public required string Kind { get; init; }

    /// <summary>What the jobs are given.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The queue of the jobs.</summary>
    public string Queue { get; init; } = NewJob.DefaultQueue;

    /// <summary>The priority of the jobs: the smaller, the sooner.</summary>
    public int Priority { get; init; }

    /// <summary>How often each job is tried at most; the retry policy of its handler may say less.</summary>
    public int AttemptsMax { get; init; } = 20;

    /// <summary>How long a run may take; zero means no limit of its own.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Whether a time passes where the job of an earlier one has not ended yet.</summary>
    public bool SkipsWhileRunning { get; init; }

    /// <summary>What happens with times that were missed.</summary>
    public ScheduleMisfire Misfire { get; init; }

    /// <summary>Whether it stands still: from its beginning, then as <see cref="JobSchedules.PauseAsync"/> and
    /// <see cref="JobSchedules.ResumeAsync"/> say.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The next time; null where there is none. Kept by the schedules.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The last time it was fired for; null where it never was. Kept by the schedules.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The job of that time; null where it never was fired. Kept by the schedules.</summary>
    public string? LastJob { get; init; }

    /// <summary>How often it was fired. Kept by the schedules.</summary>
    public long Fires { get; init; }

    /// <summary>What it is found by: when it has to be fired next, in ticks of UTC; the largest number where it does
    /// not.</summary>
    public long Due => IsPaused || NextAt is not { } next ? long.MaxValue : next.UtcTicks;
}
