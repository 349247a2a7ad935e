namespace Undercroft.Jobs;

/// <summary>Settings of a <see cref="JobWorker"/>. Checked once, when it is made, then frozen.</summary>
/// <remarks>Configuration is read first, code has the last word: <c>Undercroft:Jobs:Lease</c> and its siblings, and
/// <c>Undercroft:Jobs:Queues:NAME:Concurrency</c>.</remarks>
public sealed class JobsOptions
{
    /// <summary>The configuration section these bind to.</summary>
    public const string SectionName = "Undercroft:Jobs";

    private const int QueuesMax = 1000;
    private const int ConcurrencyMax = 10_000;

    /// <summary>The queues to work on. Empty, the default, means the queue <c>default</c>.</summary>
    public IDictionary<string, JobQueueOptions> Queues { get; } =
        new Dictionary<string, JobQueueOptions>(StringComparer.Ordinal);

    /// <summary>What people see of this worker; null means the machine's name.</summary>
    public string? Name { get; set; }

    /// <summary>For how long the worker is taken to live after each of its signs, which come three times as often. The
    /// jobs of one that died go back after this time. From 300 milliseconds to a day; the default is 10 seconds.
    /// </summary>
    public TimeSpan Lease { get; set; } = JobLimits.DefaultLease;

    /// <summary>How often a worker with nothing to do looks for work that nobody told it of: from 10 milliseconds to an
    /// hour. The default is a second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the worker looks after the queue: jobs that became due, jobs of workers that died, old jobs.
    /// From 10 milliseconds to an hour; the default is a second.</summary>
    public TimeSpan MaintenanceInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long running jobs may go on when the worker stops, before they are cancelled: from zero to an hour.
    /// The default is 20 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a run that was cancelled may take to heed it, before the worker gives it up and uses its place
    /// for another: from zero to a day. The default is 30 seconds.</summary>
    public TimeSpan AbandonAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most jobs that are settled in one commit: 1 to 1,000. The default is 100.</summary>
    public int SettleBatchMax { get; set; } = 100;

    /// <summary>How long jobs are kept that ended well; null keeps them. The default is a day.</summary>
    public TimeSpan? KeepSucceeded { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long cancelled jobs are kept; null keeps them. The default is a day.</summary>
    public TimeSpan? KeepCancelled { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long dead letters are kept; null keeps them. The default is 30 days.</summary>
    public TimeSpan? KeepDead { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether jobs are run here. The default is true; false leaves schedules and maintenance.</summary>
    public bool RunsJobs { get; set; } = true;

    /// <summary>Whether due schedules are fired here. The default is true: any number of processes may.</summary>
    public bool RunsSchedules { get; set; } = true;

    /// <summary>Whether the queue is looked after here. The default is true: any number of processes may.</summary>
    public bool RunsMaintenance { get; set; } = true;

    /// <summary>Whether the thread pool is told to keep threads for every job that may run at once, so that jobs which
    /// block theirs cannot keep the worker from its signs of life. The default is true.</summary>
    public bool ReservesThreads { get; set; } = true;

    /// <summary>Where the time comes from. The default is the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Where the jitter of retries comes from; null means a source of its own.</summary>
    public Random? Random { get; set; }

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">One does not; the sentence names it.</exception>
    public void Validate()
    {
        Require(Clock is not null, nameof(Clock), "null", "a clock");
        Check(Lease, TimeSpan.FromMilliseconds(300), TimeSpan.FromDays(1), nameof(Lease));
        Check(PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(PollInterval));
        Check(MaintenanceInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(MaintenanceInterval));
        Check(DrainTimeout, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(DrainTimeout));
        Check(AbandonAfter, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(AbandonAfter));
        Check(KeepSucceeded ?? TimeSpan.Zero, TimeSpan.Zero, Bounds.TimeMax, nameof(KeepSucceeded));
        Check(KeepCancelled ?? TimeSpan.Zero, TimeSpan.Zero, Bounds.TimeMax, nameof(KeepCancelled));
        Check(KeepDead ?? TimeSpan.Zero, TimeSpan.Zero, Bounds.TimeMax, nameof(KeepDead));
        Check(SettleBatchMax, 1, 1000, nameof(SettleBatchMax));
        Check(Queues.Count, 0, QueuesMax, nameof(Queues));
        foreach (var (name, queue) in Queues)
        {
            Require(!string.IsNullOrWhiteSpace(name), nameof(Queues), "an empty name", "names");
            Require(queue is not null, $"{nameof(Queues)}:{name}", "null", "settings");
            Check(queue!.Concurrency, 1, ConcurrencyMax, $"{nameof(Queues)}:{name}:{nameof(queue.Concurrency)}");
            Check(queue.Prefetch, 0, 1000, $"{nameof(Queues)}:{name}:{nameof(queue.Prefetch)}");
        }
    }

    private static void Check<T>(T value, T min, T max, string name)
        where T : IComparable<T> =>
        Require(value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0, name, $"{value}", $"{min} to {max}");

    private static void Require(bool holds, string name, string found, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(
                $"The setting {SectionName}:{name} is {found}; expected {expected}. Correct it, or remove it for the " +
                "default.");
        }
    }
}
