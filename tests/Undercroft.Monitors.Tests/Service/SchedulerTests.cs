using Undercroft.Jobs;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Monitors.Tests.Service;

/// <summary>Each due run is made once, whoever schedules.</summary>
public sealed class SchedulerTests : MonitorFixture
{
    private const string EachMinute = """ "frequency": {"every": 1, "unit": "MINUTE"}, """;

    [Fact]
    public async Task Of_eight_schedulers_that_look_at_once_one_makes_the_run()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        var others = Enumerable.Range(0, 8).Select(_ => Another()).ToArray();
        for (var round = 0; round < 10; round++)
        {
            var ticks = await Task.WhenAll(others.Select(one => Task.Run(
                () => one.Scheduler.TickAsync(Token).AsTask(), Token)));
            var done = await WorkAsync();

            Assert.Equal((1, 1), (ticks.Sum(static tick => tick.Enqueued), done));
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var runs = await Monitors.Runs.ListAsync(new MonitorRunFilter { PlanId = stored.Plan.Id }, 100, null, Token);
        Assert.Equal(10, runs.Items.Count);
        Assert.Equal(10, runs.Items.Select(static run => run.ScheduledFor).Distinct().Count());
        Assert.All(runs.Items, static run => Assert.Equal(
            (MonitorRunStatus.Completed, (bool?)true), (run.Status, run.Success)));
        Array.ForEach(others, static one => one.Dispose());
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_in_Dublin_makes_one_run()
    {
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Dublin", out _), "There is no Dublin.");
        var start = new DateTimeOffset(2032, 3, 28, 0, 14, 0, TimeSpan.Zero);
        Clock.Advance(start - Clock.GetUtcNow());
        var stored = await Monitors.Plans.CreateAsync(
            Plan(schedule: """ "cron": "15 1 * * *", "timeZone": "Europe/Dublin", """), Token);

        for (var minute = 0; minute < 60; minute++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            _ = await Monitors.Scheduler.TickAsync(Token);
            _ = await WorkAsync();
        }

        var runs = await Monitors.Runs.ListAsync(new MonitorRunFilter { PlanId = stored.Plan.Id }, 100, null, Token);
        Assert.Equal(new DateTimeOffset(2032, 3, 28, 1, 0, 0, TimeSpan.Zero), Assert.Single(runs.Items).ScheduledFor);
    }

    [Fact]
    public void A_next_time_of_a_plan_that_is_not_later_is_refused()
    {
        var plan = Plan(schedule: """ "cron": "15 1 * * *", """);
        var at = Clock.GetUtcNow();

        Assert.Equal(at.AddTicks(1), PlanSchedule.Later(at.AddTicks(1), at, plan));
        _ = Assert.Throws<InvalidOperationException>(() => PlanSchedule.Later(at, at, plan));
    }

    [Fact]
    public async Task What_was_missed_is_made_up_by_one_run_in_the_old_rhythm()
    {
        var start = Clock.GetUtcNow();
        _ = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        _ = await Monitors.Scheduler.TickAsync(Token);
        _ = await WorkAsync();
        Clock.Advance(TimeSpan.FromSeconds(605));

        var tick = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal((1, 0, (DateTimeOffset?)start.AddSeconds(660)), (tick.Enqueued, tick.Skipped, tick.NextAt));
    }

    [Fact]
    public async Task A_run_that_has_not_ended_keeps_its_place_in_its_location_only()
    {
        _ = await Monitors.Plans.CreateAsync(
            Plan(schedule: EachMinute + """ "locations": ["eu", "us"], """), Token);
        var first = await Monitors.Scheduler.TickAsync(Token);
        _ = await WorkAsync("eu");
        Clock.Advance(TimeSpan.FromMinutes(1));

        var second = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal((2, 0), (first.Enqueued, first.Skipped));
        Assert.Equal((1, 1), (second.Enqueued, second.Skipped));
        Assert.Equal(1, await WorkAsync("us"));
    }

    [Fact]
    public async Task A_plan_is_due_anew_when_its_schedule_changes_and_never_when_it_is_off()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        _ = await Monitors.Scheduler.TickAsync(Token);
        _ = await WorkAsync();
        var same = await Monitors.Plans.UpdateAsync(
            stored.Plan.Id, Plan("renamed", EachMinute), stored.Revision, Token);
        var unchanged = await Monitors.Scheduler.TickAsync(Token);
        var faster = await Monitors.Plans.UpdateAsync(
            stored.Plan.Id,
            Plan("renamed", EachMinute.Replace("1", "2", StringComparison.Ordinal)),
            same.Revision,
            Token);
        var changed = await Monitors.Scheduler.TickAsync(Token);
        _ = await Monitors.Plans.UpdateAsync(
            stored.Plan.Id, Plan("renamed", EachMinute + """ "enabled": false, """), faster.Revision, Token);
        Clock.Advance(TimeSpan.FromDays(1));
        var off = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal(0, unchanged.Enqueued);
        Assert.Equal(1, changed.Enqueued);
        Assert.Equal((0, null), (off.Enqueued, off.NextAt));
    }

    [Theory]
    [InlineData("0 8 * * MON-FRI", "Europe/Berlin", "2021-03-02T07:00:00Z")]
    [InlineData("*/30 * * * * *", null, "2021-03-01T12:00:30Z")]
    public async Task A_cron_expression_says_when(string cron, string? zone, string expected)
    {
        var schedule = $""" "cron": "{cron}", {(zone is null ? "" : $"\"timeZone\": \"{zone}\",")} """;
        _ = await Monitors.Plans.CreateAsync(Plan(schedule: schedule), Token);

        var tick = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal(
            (0, (DateTimeOffset?)DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)),
            (tick.Enqueued, tick.NextAt));
    }

    [Theory]
    [InlineData("\"cron\": \"61 * * * *\",", "cron: ")]
    [InlineData("\"cron\": \"* * * * *\", \"timeZone\": \"Mars/Base\",", "timeZone: 'Mars/Base' is no time zone")]
    [InlineData("\"timeZone\": \"Europe/Berlin\",", "timeZone: stands without 'cron'")]
    [InlineData("\"cron\": \"* * * * *\", \"frequency\": {\"every\": 1, \"unit\": \"DAY\"},", "cron: stands beside")]
    [InlineData("\"cron\": \"0 0 30 2 *\",", "cron: '0 0 30 2 *' is never due")]
    public void A_schedule_that_makes_no_sense_is_refused(string schedule, string expected) => Assert.Contains(
        expected, Assert.Throws<PlanException>(() => Plan(schedule: schedule)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_run_whose_job_has_died_is_ended_and_its_place_is_free()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        _ = await Monitors.Scheduler.TickAsync(Token);
        var run = (await Monitors.Runs.ListAsync(cancellationToken: Token)).Items.Single();
        _ = await Storage.TransactionAsync(
            transaction =>
            {
                transaction.Add(JobControlOperation.Cancel(JobId.Parse(run.JobId)));
                return default;
            },
            cancellationToken: Token);

        await Monitors.Scheduler.MaintainAsync(Token);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var ended = await Monitors.Runs.FindAsync(run.Id, Token);
        var tick = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal((MonitorRunStatus.Failed, (bool?)false), (ended!.Status, ended.Success));
        Assert.Equal(["The run could not be carried out: its job was cancelled."], ended.Errors);
        Assert.Equal((1, 0), (tick.Enqueued, tick.Skipped));
        Assert.Equal(stored.Plan.Id, ended.PlanId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_service_whose_clock_is_wrong_moves_nothing_that_is_due(int hours)
    {
        _ = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        using var wrong = Another(new ManualClock(Clock.GetUtcNow().AddHours(hours)));
        _ = await wrong.Plans.CreateAsync(Plan("another", EachMinute), Token);

        var first = await wrong.Scheduler.TickAsync(Token);
        var done = await WorkAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal((2, 0, 2), (first.Enqueued, first.Skipped, done));
        Assert.Equal((2, 0, 2), (second.Enqueued, second.Skipped, await WorkAsync()));
        var runs = await Monitors.Runs.ListAsync(cancellationToken: Token);
        Assert.All(runs.Items, run => Assert.InRange(
            run.CreatedAt, Clock.GetUtcNow().AddMinutes(-1), Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_run_that_was_made_by_a_wrong_clock_is_ended_all_the_same()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(schedule: EachMinute), Token);
        _ = await Monitors.Scheduler.TickAsync(Token);
        var run = (await Monitors.Runs.ListAsync(cancellationToken: Token)).Items.Single();
        _ = await Storage.Repository(MonitorCollections.Runs).PatchAsync(
            run.Id,
            found => found with { CreatedAt = found.CreatedAt.AddHours(1), JobId = "" },
            cancellationToken: Token);

        await Monitors.Scheduler.MaintainAsync(Token);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var tick = await Monitors.Scheduler.TickAsync(Token);

        Assert.Equal((1, 0), (tick.Enqueued, tick.Skipped));
        Assert.Equal(MonitorRunStatus.Failed, (await Monitors.Runs.FindAsync(run.Id, Token))!.Status);
        Assert.Equal(stored.Plan.Id, run.PlanId);
    }

    [Fact]
    public async Task A_run_that_waits_where_nobody_is_ends_when_its_plan_is_deleted()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(schedule: """ "locations": ["nowhere"], """), Token);
        var run = (await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token)).Single();
        await Monitors.Scheduler.MaintainAsync(Token);
        var before = await Monitors.Runs.FindAsync(run.Id, Token);
        _ = await Monitors.Plans.DeleteAsync(stored.Plan.Id, cancellationToken: Token);

        await Monitors.Scheduler.MaintainAsync(Token);

        var ended = await Monitors.Runs.FindAsync(run.Id, Token);
        Assert.Equal(MonitorRunStatus.Pending, before!.Status);
        Assert.Equal((MonitorRunStatus.Failed, (bool?)false, null), (ended!.Status, ended.Success, ended.ActiveIn));
        Assert.Equal(["The run could not be carried out: its plan was deleted."], ended.Errors);
        var job = await Storage.Jobs.FindJobAsync(JobId.Parse(run.JobId), Token);
        Assert.Equal(JobState.Cancelled, job!.State);
    }

    [Fact]
    public async Task A_loop_goes_on_where_nobody_can_be_told_of_its_failures()
    {
        var broken = await Monitors.Plans.CreateAsync(Plan("broken", EachMinute), Token);
        var raw = Storage.Repository(new CollectionDefinition<RawJson>("monitor-plans", RawJson.Codec));
        _ = await raw.UpsertAsync(broken.Plan.Id, RawJson.FromText("""{"nodes": 7}"""), cancellationToken: Token);
        var failures = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var loop = new MonitorSchedulerLoop(Monitors, failed: error =>
        {
            _ = Interlocked.Increment(ref failures);
            throw new IOException("No space left on device", error);
        });
        var running = loop.RunAsync(stop.Token);
        await GoesOnAsync(() => Volatile.Read(ref failures) >= 2);
        var good = await Monitors.Plans.CreateAsync(Plan("good", EachMinute), Token);
        var filter = new MonitorRunFilter { PlanId = good.Plan.Id };
        await GoesOnAsync(async () => (await Monitors.Runs.ListAsync(filter, 1, null, Token)).Items.Count == 1);
        var fault = loop.Fault;
        await stop.CancelAsync();
        await running;

        Assert.Equal((null, null), (fault, loop.Fault));
    }

    [Fact]
    public async Task A_loop_that_hangs_is_noticed()
    {
        await using var store = new HungStore(new MemoryStore(clock: Clock));
        await using var storage = new Storage(
            store, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = Clock });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var loop = new MonitorSchedulerLoop(monitors);
        var before = loop.Fault;
        var running = loop.RunAsync(stop.Token);
        Clock.Advance(TimeSpan.FromSeconds(31));
        var late = loop.Fault;
        Clock.Advance(TimeSpan.FromTicks(1));
        var hung = loop.Fault;
        await stop.CancelAsync();
        await running;

        Assert.Equal((null, null), (before, late));
        Assert.Contains("has not gone round for 0:00:31", hung, StringComparison.Ordinal);
        Assert.Null(loop.Fault);
    }

    private Task GoesOnAsync(Func<bool> holds) => GoesOnAsync(() => Task.FromResult(holds()));

    private async Task GoesOnAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await holds())
        {
            Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    private sealed class HungStore(IStore inner) : DelegatingStore(inner)
    {
        public override async ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return await base.CommitAsync(commit, cancellationToken);
        }
    }
}
