using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Monitors;

/// <summary>The runs of all plans: made, looked at, counted and forgotten.</summary>
public sealed class MonitorRuns
{
    private const int StatisticsMax = 10_000;
    private const int PruneBatch = 200;

    private readonly Storage storage;
    private readonly MonitorServiceOptions options;
    private readonly MonitorTime time;
    private readonly IRepository<MonitorRun> runs;
    private readonly IRepository<MonitorRunEvents> events;

    internal MonitorRuns(Storage storage, MonitorServiceOptions options, MonitorTime time)
    {
        this.storage = storage;
        this.options = options;
        this.time = time;
        runs = storage.Repository(MonitorCollections.Runs);
        events = storage.Repository(MonitorCollections.Events);
    }

    /// <summary>Has a plan run now, in all its locations, whether or not it is scheduled. The runs and their jobs are
    /// one commit.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancellationToken">Ends the wait; the runs may have been made.</param>
    /// <returns>The runs, one for each location.</returns>
    /// <exception cref="MonitorNotFoundException">There is no such plan.</exception>
    public async ValueTask<IReadOnlyList<MonitorRun>> TriggerAsync(
        string planId,
        MonitorRunTrigger by = MonitorRunTrigger.Api,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        var made = new List<MonitorRun>();
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                made.Clear();
                var plan = await transaction.Repository(MonitorCollections.Plans)
                    .GetAsync(planId, cancellationToken).ConfigureAwait(false)
                    ?? throw new MonitorNotFoundException("plan", planId);
                var group = Guid.CreateVersion7(now).ToString("N");
                foreach (var location in plan.Value.RunLocations)
                {
                    made.Add(await RunQueue.AddAsync(
                        transaction,
                        new RunRequest(plan.Value, location, group, by, now, now, options.AttemptsMax),
                        cancellationToken).ConfigureAwait(false));
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>Reads a run.</summary>
    /// <returns>The run; null where there is none.</returns>
    public async ValueTask<MonitorRun?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return (await runs.GetAsync(id, cancellationToken).ConfigureAwait(false))?.Value;
    }

    /// <summary>What happened in a run, in order.</summary>
    /// <returns>The events; none before the run has ended. Null where there is no such run.</returns>
    public async ValueTask<IReadOnlyList<RunEvent>?> EventsAsync(
        string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var found = await events.GetAsync(id, cancellationToken).ConfigureAwait(false);
        return found?.Value.Events
            ?? (await runs.GetAsync(id, cancellationToken).ConfigureAwait(false) is null ? null : []);
    }

    /// <summary>Lists runs, latest first.</summary>
    /// <param name="filter">Which; null means all.</param>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="after">Where an earlier page ended; null begins at the beginning.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or of another list.</exception>
    public ValueTask<MonitorPage<MonitorRun>> ListAsync(
        MonitorRunFilter? filter = null,
        int limit = 100,
        string? after = null,
        CancellationToken cancellationToken = default) =>
        Paging.ReadAsync(
            Latest(filter ?? MonitorRunFilter.All), limit, after, static run => run.Value, cancellationToken);

    /// <summary>Counts and measures the latest completed runs of a plan.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="location">Only those of this location; null means all.</param>
    /// <param name="limit">How many runs at most, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MonitorStatistics> StatisticsAsync(
        string planId, string? location = null, int limit = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        if (limit is < 1 or > StatisticsMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), limit, $"The number of runs is {limit}; expected 1 to {StatisticsMax}.");
        }

        var counted = new List<MonitorRun>();
        var filter = new MonitorRunFilter
        {
            PlanId = planId,
            Location = location,
            Status = MonitorRunStatus.Completed,
        };
        await foreach (var run in Latest(filter).StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            counted.Add(run.Value);
            if (counted.Count == limit)
            {
                break;
            }
        }

        return MonitorStatistics.Of(counted);
    }

    /// <summary>Forgets runs that have ended, and what happened in them.</summary>
    /// <param name="before">Only those made before this.</param>
    /// <param name="cancellationToken">Ends it; what was forgotten stays so.</param>
    /// <returns>How many were forgotten.</returns>
    public async ValueTask<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var pruned = 0;
        foreach (var status in new[] { MonitorRunStatus.Completed, MonitorRunStatus.Failed })
        {
            while (true)
            {
                var query = Latest(new MonitorRunFilter { Status = status, Before = before });
                var page = await Paging.ReadAsync(
                    query, PruneBatch, null, static run => run.Id, cancellationToken).ConfigureAwait(false);
                if (page.Items.Count == 0)
                {
                    break;
                }

                _ = await storage.TransactionAsync(
                    async transaction =>
                    {
                        _ = await transaction.Repository(MonitorCollections.Runs)
                            .DeleteManyAsync(page.Items, cancellationToken).ConfigureAwait(false);
                        _ = await transaction.Repository(MonitorCollections.Events)
                            .DeleteManyAsync(page.Items, cancellationToken).ConfigureAwait(false);
                    },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                pruned += page.Items.Count;
            }
        }

        return pruned;
    }

    private Query<MonitorRun> Latest(MonitorRunFilter filter)
    {
        var conditions = new List<Filter>();
        if (filter.PlanId is { } plan)
        {
            conditions.Add(Filter.Equal("planId", FieldValue.From(plan)));
        }

        if (filter.Location is { } location)
        {
            conditions.Add(Filter.Equal("location", FieldValue.From(location)));
        }

        if (filter.Status is { } status)
        {
            conditions.Add(Filter.Equal("status", FieldValue.From(WordOf(status))));
        }

        if (filter.Success is { } success)
        {
            conditions.Add(Filter.Equal("success", FieldValue.From(success)));
        }

        if (filter.From is { } from)
        {
            conditions.Add(Filter.GreaterOrEqual("createdAt", FieldValue.From(from)));
        }

        if (filter.Before is { } before)
        {
            conditions.Add(Filter.Less("createdAt", FieldValue.From(before)));
        }

        var query = options.PassingOver(runs).OrderBy("-createdAt:time");
        return conditions.Count == 0 ? query : query.Where(Filter.And(conditions));
    }

    private static string WordOf(MonitorRunStatus status) => status switch
    {
        MonitorRunStatus.Pending => "pending",
        MonitorRunStatus.Running => "running",
        MonitorRunStatus.Completed => "completed",
        _ => "failed",
    };
}
