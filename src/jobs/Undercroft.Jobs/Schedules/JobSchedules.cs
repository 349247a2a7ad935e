using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Jobs;

/// <summary>The schedules of a store. Workers fire them: see <see cref="JobsOptions.RunsSchedules"/>.</summary>
/// <remarks>Firing, the next time and the job are one commit, so a time is enqueued exactly once however many processes
/// look. Safe for many threads.</remarks>
public sealed class JobSchedules
{
    private const int PageMax = 100;

    private static readonly CollectionDefinition<JobSchedule> Collection =
        new CollectionDefinition<JobSchedule>("job-schedules", JobsJson.Default.JobSchedule)
            .WithId(static schedule => schedule.Name)
            .WithIndex("due", "due");

    private readonly Storage storage;
    private readonly IRepository<JobSchedule> repository;

    /// <summary>Gives the schedules of a storage.</summary>
    public JobSchedules(Storage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        this.storage = storage;
        repository = storage.Repository(Collection);
    }

    internal Func<string, TimeZoneInfo> FindZone { get; init; } = ScheduleTimes.FindZone;

    /// <summary>Writes a schedule. Where one of its name says the same, it stays as it is, its next time too. One that
    /// is there stands still, or does not, as before: that is for <see cref="PauseAsync"/> and
    /// <see cref="ResumeAsync"/> to change.</summary>
    /// <param name="schedule">The schedule; what the schedules keep of it is not looked at.</param>
    /// <param name="now">When it begins: its first time is after this.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been written.</param>
    /// <returns>The schedule as it stands.</returns>
    /// <exception cref="ArgumentException">It makes no sense; the sentence says what is wrong.</exception>
    public async ValueTask<JobSchedule> PutAsync(
        JobSchedule schedule, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        JobSchedule? written = null;
        _ = await storage.TransactionAsync(
            async transaction => written = await PutAsync(transaction, schedule, now, cancellationToken)
                .ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return written!;
    }

    /// <summary>Writes a schedule in a transaction: it stands or falls with what else it writes. One that is there
    /// stands still, or does not, as before.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="schedule">The schedule; what the schedules keep of it is not looked at.</param>
    /// <param name="now">When it begins: its first time is after this.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The schedule as it will stand.</returns>
    /// <exception cref="ArgumentException">It makes no sense; the sentence says what is wrong.</exception>
    public async ValueTask<JobSchedule> PutAsync(
        ITransaction transaction,
        JobSchedule schedule,
        DateTimeOffset now,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(schedule);
        ScheduleTimes.Check(schedule, FindZone);
        var documents = transaction.Repository(Collection);
        var found = await documents.GetAsync(schedule.Name, cancellationToken).ConfigureAwait(false);
        var keepsTime = found is not null &&
            (found.Value.Cron, found.Value.TimeZone) == (schedule.Cron, schedule.TimeZone);
        var next = keepsTime ? found!.Value.NextAt : ScheduleTimes.Next(schedule, now, FindZone);
        var wanted = schedule with
        {
            NextAt = next,
            LastAt = found?.Value.LastAt,
            LastJob = found?.Value.LastJob,
            Fires = found?.Value.Fires ?? 0,

            // Who has paused it says when it goes on: not a program that starts again and says what it always says.
            IsPaused = found?.Value.IsPaused ?? schedule.IsPaused,
        };
        if (found is null)
        {
            _ = await documents.CreateAsync(wanted.Name, wanted, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        else if (!IsSame(found.Value, wanted))
        {
            _ = await documents.UpdateAsync(wanted.Name, found.Revision, wanted, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }

        return wanted;
    }

    /// <summary>Finds a schedule.</summary>
    /// <returns>The schedule, or null where there is none of the name.</returns>
    public async ValueTask<JobSchedule?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        (await repository.GetAsync(name, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Lists all schedules by name.</summary>
    public async IAsyncEnumerable<JobSchedule> ListAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var document in repository.Query().StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return document.Value;
        }
    }

    /// <summary>Removes a schedule. Jobs it has enqueued stay.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken = default) =>
        repository.DeleteAsync(name, cancellationToken: cancellationToken);

    /// <summary>Has a schedule stand still.</summary>
    /// <returns>The schedule, or null where there is none of the name.</returns>
    public async ValueTask<JobSchedule?> PauseAsync(string name, CancellationToken cancellationToken = default) =>
        (await repository
            .PatchAsync(
                name, static schedule => schedule with { IsPaused = true }, cancellationToken: cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>Has a schedule go on, with its first time after an instant. What it missed while it stood still stays
    /// undone.</summary>
    /// <param name="name">The schedule.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been written.</param>
    /// <returns>The schedule, or null where there is none of the name.</returns>
    public async ValueTask<JobSchedule?> ResumeAsync(
        string name, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        (await repository
            .PatchAsync(
                name,
                schedule => schedule.IsPaused
                    ? schedule with { IsPaused = false, NextAt = ScheduleTimes.Next(schedule, now, FindZone) }
                    : schedule,
                cancellationToken: cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>Fires what is due, and waits until something may be due again.</summary>
    internal async ValueTask TurnAsync(JobWorker worker, CancellationToken cancellationToken)
    {
        var next = await FireDueAsync(worker, cancellationToken).ConfigureAwait(false);
        var poll = worker.Options.PollInterval;
        var wait = next is { } due && due - worker.StoreNow < poll ? due - worker.StoreNow : poll;
        await Task.Delay(
            wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(1),
            worker.Clock,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fires what is due.</summary>
    /// <returns>When the next one is due; null where there is none.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "One schedule that fails must not hold up the others.")]
    internal async ValueTask<DateTimeOffset?> FireDueAsync(JobWorker worker, CancellationToken cancellationToken)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var fired = new Dictionary<string, long>(StringComparer.Ordinal);
        string? behind = null;
        while (true)
        {
            worker.Pulse.Turn(WorkerLoop.Schedule);
            var now = worker.StoreNow;
            var page = await repository.Query()
                .OrderBy("due")
                .Take(PageMax)
                .After(behind)
                .ToPageAsync(cancellationToken)
                .ConfigureAwait(false);
            var due = page.Items
                .Select(static document => document.Value)
                .Where(schedule => !failed.Contains(schedule.Name))
                .ToList();
            if (due.Count == 0 && page.Next is not null)
            {
                // A page of those that failed: what is behind them is due all the same.
                behind = page.Next;
                continue;
            }

            behind = null;
            if (due.Count == 0 || due[0].Due > now.UtcTicks)
            {
                return due.Count == 0 || due[0].IsPaused ? null : due[0].NextAt;
            }

            foreach (var schedule in due.TakeWhile(schedule => schedule.Due <= now.UtcTicks))
            {
                try
                {
                    // What was fired comes back later or not at all: anything else would go round without end.
                    if (!fired.TryAdd(schedule.Name, schedule.Due) && fired[schedule.Name] >= schedule.Due)
                    {
                        _ = failed.Add(schedule.Name);
                        continue;
                    }

                    fired[schedule.Name] = schedule.Due;
                    await FireAsync(worker, schedule.Name, now, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    _ = failed.Add(schedule.Name);
                    Log.ScheduleFailed(worker.Logger, error, schedule.Name);
                }
            }
        }
    }

    private async ValueTask FireAsync(
        JobWorker worker, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fired = new List<NewJob>();
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                fired.Clear();
                var documents = transaction.Repository(Collection);
                var found = await documents.GetAsync(name, cancellationToken).ConfigureAwait(false);
                if (found is null || found.Value.Due > now.UtcTicks)
                {
                    return;
                }

                var (times, next) = ScheduleTimes.Due(found.Value, now, FindZone);
                fired.AddRange(times.Select(at => JobOf(found.Value, at)));
                fired.ForEach(job => transaction.Add(new EnqueueOperation(job)));
                var last = fired.Count == 0 ? null : fired[^1];
                _ = await documents.UpdateAsync(
                    name,
                    found.Revision,
                    found.Value with
                    {
                        NextAt = next,
                        LastAt = last?.DueAt ?? found.Value.LastAt,
                        LastJob = last?.Id.ToString() ?? found.Value.LastJob,
                        Fires = found.Value.Fires + fired.Count,
                    },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var job in fired)
        {
            worker.Meter.Fired(name);
            Log.Fired(worker.Logger, name, job.DueAt!.Value, job.Id);
        }
    }

    private static NewJob JobOf(JobSchedule schedule, DateTimeOffset at) => new()
    {
        Id = ScheduleTimes.IdOf(schedule.Name, at),
        Queue = schedule.Queue,
        Kind = schedule.Kind,
        Payload = schedule.Payload,
        Priority = schedule.Priority,
        AttemptsMax = schedule.AttemptsMax,
        Timeout = schedule.Timeout,
        DueAt = at,
        UniqueKey = schedule.SkipsWhileRunning ? ScheduleTimes.KeyOf(schedule.Name) : null,
        Headers = RecordMeta.Empty.With("schedule", schedule.Name),
    };

    private static bool IsSame(JobSchedule left, JobSchedule right) =>
        left.Payload.Span.SequenceEqual(right.Payload.Span) &&
        (left with { Payload = default }) == (right with { Payload = default });
}
