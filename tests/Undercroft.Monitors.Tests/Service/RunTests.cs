using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Monitors.Tests.Service;

/// <summary>Runs: made with their jobs, ended with their results, counted and forgotten.</summary>
public sealed class RunTests : MonitorFixture
{
    private const string BadId = "00000000000000000000000000000bad";

    [Fact]
    public async Task A_run_and_its_job_are_there_together_and_the_result_ends_both()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(), Token);
        var made = Assert.Single(await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token));
        var waiting = await Storage.Jobs.FindJobAsync(JobId.Parse(made.JobId), Token);
        var worked = await WorkAsync();
        var run = await Monitors.Runs.FindAsync(made.Id, Token);
        var job = await Storage.Jobs.FindJobAsync(JobId.Parse(made.JobId), Token);
        var events = await Monitors.Runs.EventsAsync(made.Id, Token);

        Assert.Equal((JobState.Ready, "monitors.default"), (waiting!.State, waiting.Queue));
        Assert.Equal(1, worked);
        Assert.Equal(JobState.Succeeded, job!.State);
        Assert.Equal(
            (MonitorRunStatus.Completed, (bool?)true, "tester", 1),
            (run!.Status, run.Success, run.Worker, run.Attempts));
        Assert.Equal(RunEventType.MonitorEnd, events![^1].Type);
    }

    [Fact]
    public async Task A_run_of_a_deleted_plan_ends_as_failed()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(), Token);
        var made = (await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token))[0];
        _ = await Monitors.Plans.DeleteAsync(stored.Plan.Id, cancellationToken: Token);
        _ = await WorkAsync();

        var run = await Monitors.Runs.FindAsync(made.Id, Token);

        Assert.Equal(MonitorRunStatus.Failed, run!.Status);
        Assert.Equal(["The run could not be carried out: its plan was deleted."], run.Errors);
        Assert.Null(run.ActiveIn);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_is_cancelled_or_given_back_says_so_at_once(bool isCancelled)
    {
        await using var storage = new Storage(
            new MemoryStore(clock: Clock),
            new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = Clock });
        var stored = await monitors.Plans.CreateAsync(
            PlanText.Read(
                """{"name": "long", "nodes": [{"id": "w", "type": "WAIT", "duration_ms": 60000}]}"""),
            Token);
        var made = (await monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token))[0];
        var options = new JobsOptions { Clock = Clock, Lease = TimeSpan.FromHours(1) };
        options.Queues[MonitorService.QueueOf(MonitorPlan.DefaultLocation)] = new JobQueueOptions();
        await using var worker = new JobWorker(
            storage, monitors.AddHandlers(new JobHandlers(), new MonitorExecutor(), "tester"), options);
        await worker.StartAsync(Token);
        await BecomesAsync(monitors, made.Id, static run => run.Status == MonitorRunStatus.Running);

        var job = JobId.Parse(made.JobId);
        if (isCancelled)
        {
            // The worker hears of it with its next sign of life.
            _ = await storage.Jobs.CommitAsync(new Commit(JobControlOperation.Cancel(job)), Token);
            Clock.Advance(TimeSpan.FromMinutes(21));
            await BecomesAsync(monitors, made.Id, static run => run.IsFinal);
        }

        await worker.StopAsync(new CancellationToken(canceled: true));
        var run = await monitors.Runs.FindAsync(made.Id, Token);
        var state = (await storage.Jobs.FindJobAsync(job, Token))!.State;

        Assert.Equal(
            isCancelled ? (MonitorRunStatus.Failed, (bool?)false, "tester", JobState.Cancelled)
                : (MonitorRunStatus.Pending, null, null, JobState.Ready),
            (run!.Status, run.Success, run.Worker, state));
        Assert.Equal(isCancelled ? ["The run could not be carried out: its job was cancelled."] : [], run.Errors);
        Assert.Equal(isCancelled, run.ActiveIn is null);
    }

    [Fact]
    public async Task What_an_agent_says_of_itself_is_never_null()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await Monitors.Agents.RegisterAsync(
            "eu", new Dictionary<string, string> { ["a"] = null! }, Token));

        Assert.Contains("The metadata 'a' of an agent is null.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_ended_runs_of_long_ago_are_forgotten()
    {
        var stored = await Monitors.Plans.CreateAsync(Plan(), Token);
        var old = (await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token))[0];
        _ = await WorkAsync();
        var waiting = (await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token))[0];
        Clock.Advance(TimeSpan.FromDays(40));
        var late = (await Monitors.Runs.TriggerAsync(stored.Plan.Id, cancellationToken: Token))[0];

        var pruned = await Monitors.Runs.PruneAsync(Clock.GetUtcNow() - TimeSpan.FromDays(30), Token);

        Assert.Equal(1, pruned);
        Assert.Null(await Monitors.Runs.FindAsync(old.Id, Token));
        Assert.Null(await Monitors.Runs.EventsAsync(old.Id, Token));
        Assert.NotNull(await Monitors.Runs.FindAsync(waiting.Id, Token));
        Assert.NotNull(await Monitors.Runs.FindAsync(late.Id, Token));
    }

    [Fact]
    public void Percentiles_are_durations_that_there_were()
    {
        var runs = Enumerable.Range(1, 200).Select(number => new MonitorRun
        {
            Id = $"{number}",
            PlanId = "p",
            PlanName = "p",
            GroupId = "g",
            Location = "l",
            Environment = "e",
            TriggeredBy = MonitorRunTrigger.Api,
            Status = MonitorRunStatus.Completed,
            CreatedAt = default,
            ScheduledFor = default,
            JobId = "j",
            DurationMs = 201 - number,
            Success = number % 4 != 0,
        });

        var statistics = MonitorStatistics.Of([.. runs]);

        Assert.Equal((200, 150), (statistics.Runs, statistics.Successes));
        Assert.Equal(
            new double?[] { 0.75, 1, 100.5, 100, 180, 190, 198, 200 },
            new double?[]
            {
                statistics.SuccessRate, statistics.MinMs, statistics.AverageMs, statistics.P50Ms, statistics.P90Ms,
                statistics.P95Ms, statistics.P99Ms, statistics.MaxMs,
            });
        Assert.Null(MonitorStatistics.Of([]).P50Ms);
    }

    [Fact]
    public async Task A_stored_plan_of_an_older_version_is_read_in_the_current_one()
    {
        var old = new CollectionDefinition<RawJson>("monitor-plans", RawJson.Codec);
        await Storage.Repository(old).CreateAsync(
            "old",
            RawJson.FromText(
                """
                {"id": "old", "name": "old", "version": "1.0", "environment": "default", "endpoint_host": "a.example",
                 "nodes": [{"id": "a", "type": "ENDPOINT", "method": "GET", "path": "/"}], "edges": []}
                """),
            cancellationToken: Token);

        var stored = await Monitors.Plans.FindAsync("old", Token);

        Assert.Equal("\"https://a.example\"", Assert.IsType<HttpRequestNode>(stored!.Plan.Nodes[0]).Base.ToString());
    }

    [Theory]
    [InlineData("a b", "found 'a b'; expected 1 to 200 of A-Z")]
    [InlineData("..", "found '..'; expected 1 to 200 of A-Z")]
    [InlineData("ä", "found 'ä'; expected 1 to 200 of A-Z")]
    [InlineData("By-Name", "'By-Name' is what the service asks by name")]
    public async Task A_new_plan_has_an_id_that_a_URL_can_hold_and_an_old_one_can_still_be_changed(
        string id, string expected)
    {
        var plan = Plans.Asking("https://a.example", "/") with { Id = id };
        await Storage.Repository(MonitorCollections.Plans).CreateAsync(id, plan, cancellationToken: Token);

        var error = await Assert.ThrowsAsync<PlanException>(
            async () => await Monitors.Plans.CreateAsync(plan with { Name = "other" }, Token));
        var changed = await Monitors.Plans.UpdateAsync(id, plan with { Name = "changed" }, null, Token);

        Assert.Contains($"id: {expected}", error.Message, StringComparison.Ordinal);
        Assert.Equal((id, "changed"), (changed.Plan.Id, changed.Plan.Name));
        Assert.True(await Monitors.Plans.DeleteAsync(id, cancellationToken: Token));
    }

    [Fact]
    public async Task An_agent_that_is_silent_is_offline_and_then_forgotten()
    {
        var agent = await Monitors.Agents.RegisterAsync("eu", cancellationToken: Token);
        Clock.Advance(TimeSpan.FromSeconds(60));
        var there = await Monitors.Agents.ListAsync(cancellationToken: Token);
        Clock.Advance(TimeSpan.FromTicks(1));
        var silent = await Monitors.Agents.ListAsync(cancellationToken: Token);
        var beats = await Monitors.Agents.HeartbeatAsync(agent.Id, Token);
        var back = await Monitors.Agents.LocationsAsync(Token);
        Clock.Advance(TimeSpan.FromDays(2));
        await Monitors.Scheduler.MaintainAsync(Token);

        Assert.True(there.Single().IsOnline);
        Assert.False(silent.Single().IsOnline);
        Assert.True(beats);
        Assert.Equal([new MonitorLocation("eu", 1, 1)], back);
        Assert.False(await Monitors.Agents.HeartbeatAsync(agent.Id, Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task An_agent_is_online_by_the_stores_time_whatever_the_clocks_of_others_say(int hours)
    {
        var clock = new ManualClock(Clock.GetUtcNow().AddHours(hours));
        using var theirs = Another(clock);
        var agent = await theirs.Agents.RegisterAsync("eu", cancellationToken: Token);
        var registered = await LooksAsync();
        Pass(TimeSpan.FromSeconds(61));
        var silent = await LooksAsync();
        _ = await theirs.Agents.HeartbeatAsync(agent.Id, Token);
        var back = await LooksAsync();
        Pass(TimeSpan.FromSeconds(59));
        var still = await LooksAsync();

        Assert.True(agent.IsOnline);
        Assert.Equal(Clock.GetUtcNow().AddSeconds(-120), agent.LastHeartbeat);
        Assert.Equal([true, true, false, false, true, true, true, true], [.. registered, .. silent, .. back, .. still]);

        void Pass(TimeSpan time)
        {
            Clock.Advance(time);
            clock.Advance(time);
        }

        async Task<IReadOnlyList<bool>> LooksAsync() =>
        [
            (await Monitors.Agents.ListAsync(cancellationToken: Token)).Single().IsOnline,
            (await theirs.Agents.ListAsync(cancellationToken: Token)).Single().IsOnline,
        ];
    }

    [Fact]
    public async Task What_cannot_be_read_takes_nothing_else_away_and_can_be_deleted()
    {
        var told = new List<RecordKey>();
        using var monitors = new MonitorService(Storage, new MonitorServiceOptions
        {
            Clock = Clock,
            Unreadable = (document, _) =>
            {
                told.Add(document);
                throw new IOException("No space left on device");
            },
        });
        var good = await monitors.Plans.CreateAsync(Plan("good", """ "cron": "* * * * *", """), Token);
        var agent = await monitors.Agents.RegisterAsync("eu", cancellationToken: Token);
        var (key, text) = await monitors.Keys.CreateAsync("me", cancellationToken: Token);
        foreach (var collection in new[]
        {
            "monitor-plans", "monitor-timetables", "monitor-runs", "monitor-agents", "monitor-api-keys",
        })
        {
            var raw = new CollectionDefinition<RawJson>(collection, RawJson.Codec);
            _ = await Storage.Repository(raw).UpsertAsync(
                BadId,
                RawJson.FromText(
                    """{"activeIn": "eu/x", "nextAt": "2020-01-01T00:00:00Z", "rule": 7, "nodes": 7, "name": null}"""),
                cancellationToken: Token);
        }

        var plans = await monitors.Plans.ListAsync(cancellationToken: Token);
        var agents = await monitors.Agents.ListAsync(cancellationToken: Token);
        var keys = await monitors.Keys.ListAsync(Token);
        var runs = await monitors.Runs.ListAsync(cancellationToken: Token);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var tick = await monitors.Scheduler.TickAsync(Token);
        await monitors.Scheduler.MaintainAsync(Token);

        Assert.Equal([good.Plan.Id], plans.Items.Select(static one => one.Plan.Id));
        Assert.Equal([agent.Id], agents.Select(static one => one.Id));
        Assert.Equal([key], keys);
        Assert.Empty(runs.Items);
        Assert.Equal(1, tick.Enqueued);
        Assert.Equal(key, await monitors.Keys.FindAsync(text, Token));
        Assert.Null(await monitors.Keys.FindAsync($"ucm_{BadId}_{new string('0', 64)}", Token));
        Assert.Equal(5, told.Select(static document => document.Collection).Distinct().Count());
        Assert.True(await monitors.Plans.DeleteAsync(BadId, cancellationToken: Token));
        Assert.False(await monitors.Plans.DeleteAsync(BadId, cancellationToken: Token));
    }

    private static async Task BecomesAsync(MonitorService monitors, string id, Func<MonitorRun, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition((await monitors.Runs.FindAsync(id, Token))!))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
