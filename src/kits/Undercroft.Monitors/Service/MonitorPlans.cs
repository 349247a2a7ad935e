using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Monitors;

/// <summary>The plans that are kept.</summary>
public sealed class MonitorPlans
{
    private readonly Storage storage;
    private readonly MonitorServiceOptions options;
    private readonly MonitorTime time;
    private readonly IRepository<MonitorPlan> plans;

    internal MonitorPlans(Storage storage, MonitorServiceOptions options, MonitorTime time)
    {
        this.storage = storage;
        this.options = options;
        this.time = time;
        plans = storage.Repository(MonitorCollections.Plans);
    }

    /// <summary>Keeps a new plan. Where it has a schedule, its first run is due at once.</summary>
    /// <param name="plan">The plan; without an id it gets one. An id has 1 to 200 letters of ASCII, digits, <c>-</c>
    /// and <c>_</c>, and is not <c>by-name</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the plan may have been kept.</param>
    /// <exception cref="PlanException">The plan cannot be used.</exception>
    /// <exception cref="RevisionConflictException">There is a plan of that id.</exception>
    /// <exception cref="UniqueConflictException">There is a plan of that name in the environment.</exception>
    public async ValueTask<StoredPlan> CreateAsync(MonitorPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Id.Length > 0 && PlanId.Problem(plan.Id) is { } problem)
        {
            throw new PlanException([problem]);
        }

        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        var named = plan.Id.Length > 0 ? plan : plan with { Id = Guid.CreateVersion7(now).ToString("N") };
        var whole = PlanText.Check(named);
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                _ = await transaction.Repository(MonitorCollections.Plans)
                    .CreateAsync(whole.Id, whole, cancellationToken: cancellationToken).ConfigureAwait(false);
                await WriteTimetableAsync(transaction, whole, now, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return new StoredPlan(whole, result.Revision, result.At, result.At);
    }

    /// <summary>Reads a plan.</summary>
    /// <returns>The plan; null where there is none.</returns>
    public async ValueTask<StoredPlan?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = await plans.GetAsync(CheckId(id), cancellationToken).ConfigureAwait(false);
        return found is null ? null : StoredPlan.Of(found);
    }

    /// <summary>Reads a plan by its name.</summary>
    /// <returns>The plan; null where there is none.</returns>
    public async ValueTask<StoredPlan?> FindByNameAsync(
        string name,
        string environment = MonitorPlan.DefaultEnvironment,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var found = await options.PassingOver(plans)
            .Where(Filter.And(
                Filter.Equal("environment", FieldValue.From(environment)),
                Filter.Equal("name", FieldValue.From(name))))
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return found is null ? null : StoredPlan.Of(found);
    }

    /// <summary>Puts another plan in place of one. A schedule that says something else begins anew.</summary>
    /// <param name="id">The plan's id.</param>
    /// <param name="plan">The plan, without an id or with the same.</param>
    /// <param name="expected">The revision the caller has seen; null overwrites whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait; the plan may have been replaced.</param>
    /// <exception cref="PlanException">The plan cannot be used.</exception>
    /// <exception cref="MonitorNotFoundException">There is no such plan.</exception>
    /// <exception cref="RevisionConflictException">It stands at another revision.</exception>
    /// <exception cref="UniqueConflictException">Another plan has the name in the environment.</exception>
    public async ValueTask<StoredPlan> UpdateAsync(
        string id, MonitorPlan plan, Revision? expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Id.Length > 0 && plan.Id != id)
        {
            throw new PlanException([new PlanProblem(
                "id", $"found {Names.Show(plan.Id)}; expected {Names.Show(id)}, or none.")]);
        }

        var whole = PlanText.Check(plan with { Id = CheckId(id) });
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset createdAt = default;
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                var repository = transaction.Repository(MonitorCollections.Plans);
                var found = await repository.GetAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new MonitorNotFoundException("plan", id);
                createdAt = found.CreatedAt;
                _ = await repository.UpdateAsync(
                    id, expected ?? found.Revision, whole, cancellationToken: cancellationToken).ConfigureAwait(false);
                await WriteTimetableAsync(transaction, whole, now, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return new StoredPlan(whole, result.Revision, createdAt, result.At);
    }

    /// <summary>Deletes a plan, one that cannot be read too. Its runs stay until they are pruned; those that wait fail,
    /// at the latest when the scheduler looks after them.</summary>
    /// <param name="id">The plan's id.</param>
    /// <param name="expected">The revision the caller has seen; null means any.</param>
    /// <param name="cancellationToken">Ends the wait; the plan may have been deleted.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RevisionConflictException">It stands at another revision.</exception>
    public async ValueTask<bool> DeleteAsync(
        string id, Revision? expected = null, CancellationToken cancellationToken = default)
    {
        _ = CheckId(id);
        var existed = false;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                existed = await transaction.Repository(MonitorCollections.Plans)
                    .DeleteAsync(id, expected, cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(MonitorCollections.Timetables)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return existed;
    }

    /// <summary>Lists plans by environment and name. One that cannot be read is passed over, and told to
    /// <see cref="MonitorServiceOptions.Unreadable"/>.</summary>
    /// <param name="environment">Only those of this environment; null means all.</param>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="after">Where an earlier page ended; null begins at the beginning.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or of another list.</exception>
    public ValueTask<MonitorPage<StoredPlan>> ListAsync(
        string? environment = null,
        int limit = 100,
        string? after = null,
        CancellationToken cancellationToken = default)
    {
        var query = options.PassingOver(plans).OrderBy("environment", "name", "$id");
        return Paging.ReadAsync(
            environment is null ? query : query.Where(Filter.Equal("environment", FieldValue.From(environment))),
            limit,
            after,
            StoredPlan.Of,
            cancellationToken);
    }

    private static async ValueTask WriteTimetableAsync(
        ITransaction transaction, MonitorPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var timetables = transaction.Repository(MonitorCollections.Timetables);
        var found = await timetables.GetAsync(plan.Id, cancellationToken).ConfigureAwait(false);
        var rule = PlanSchedule.RuleOf(plan);
        if (found is null || found.Value.Rule != rule)
        {
            _ = await timetables.UpsertAsync(
                plan.Id,
                new MonitorTimetable(PlanSchedule.First(plan, now), rule),
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private static string CheckId(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return id;
    }
}
