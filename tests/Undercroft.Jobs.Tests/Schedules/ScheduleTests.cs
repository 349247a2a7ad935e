using System.Text;

namespace Undercroft.Jobs.Tests;

public sealed class ScheduleTests : JobsFixture
{
    private static readonly JobSchedule Hourly = new()
    {
        Name = "hourly",
        Cron = "@hourly",
        Kind = "mail",
        Payload = """{"to":"all"}"""u8.ToArray(),
    };

    private readonly List<DateTimeOffset> fired = [];

    [Fact]
    public async Task A_schedule_fires_at_its_times_and_not_before()
    {
        await using var worker = Recorder();
        var start = Clock.GetUtcNow();
        var first = Next(start);
        var schedule = await worker.Schedules.PutAsync(Hourly, start, Token);
        Assert.Equal(first, schedule.NextAt);

        Clock.Advance(first - start - TimeSpan.FromTicks(1));
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal([first, first.AddHours(1)], fired);
        var after = await worker.Schedules.FindAsync("hourly", Token);
        Assert.Equal((first.AddHours(2), first.AddHours(1), 2), (after!.NextAt, after.LastAt, after.Fires));
    }

    [Fact]
    public async Task Each_time_is_enqueued_once_however_many_look()
    {
        var workers = Enumerable.Range(0, 6).Select(_ => Worker(new JobHandlers())).ToList();
        _ = await workers[0].Schedules.PutAsync(
            Hourly with { Misfire = ScheduleMisfire.RunEach }, Clock.GetUtcNow(), Token);
        Clock.Advance(TimeSpan.FromHours(50));

        await Task.WhenAll(workers.Select(worker => Task.Run(
            async () => await worker.RunPendingAsync(cancellationToken: Token), Token)));

        var page = await Storage.Jobs.ListJobsAsync(new JobFilter { State = JobState.Ready, Limit = 1000 }, Token);
        var scheduled = await Storage.Jobs.ListJobsAsync(
            new JobFilter { State = JobState.Scheduled, Limit = 1000 }, Token);
        Assert.Equal(50, page.Jobs.Concat(scheduled.Jobs).Select(static job => job.Id).Distinct().Count());
        Assert.Equal(50, page.Jobs.Count + scheduled.Jobs.Count);
        Assert.Equal(50, (await workers[0].Schedules.FindAsync("hourly", Token))!.Fires);
    }

    [Theory]
    [InlineData(ScheduleMisfire.RunOnce, 1)]
    [InlineData(ScheduleMisfire.RunEach, 5)]
    [InlineData(ScheduleMisfire.Skip, 0)]
    public async Task Times_that_were_missed_are_made_up_for_as_the_schedule_says(ScheduleMisfire misfire, int expected)
    {
        await using var worker = Recorder();
        _ = await worker.Schedules.PutAsync(Hourly with { Misfire = misfire }, Clock.GetUtcNow(), Token);
        Clock.Advance(Next(Clock.GetUtcNow()).AddHours(4).AddMinutes(10) - Clock.GetUtcNow());

        Assert.Equal(expected, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Equal(Next(Clock.GetUtcNow()), (await worker.Schedules.FindAsync("hourly", Token))!.NextAt);
    }

    [Fact]
    public async Task More_missed_times_than_one_commit_takes_are_all_run()
    {
        await using var worker = Recorder();
        _ = await worker.Schedules.PutAsync(
            Hourly with { Cron = "* * * * *", Misfire = ScheduleMisfire.RunEach }, Clock.GetUtcNow(), Token);
        Clock.Advance(TimeSpan.FromMinutes(250));

        Assert.Equal(250, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.Equal(250, (await worker.Schedules.FindAsync("hourly", Token))!.Fires);
    }

    [Fact]
    public async Task A_paused_schedule_stands_still_and_goes_on_with_its_next_time()
    {
        await using var worker = Recorder();
        _ = await worker.Schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        _ = await worker.Schedules.PauseAsync("hourly", Token);
        Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));

        _ = await worker.Schedules.ResumeAsync("hourly", Clock.GetUtcNow(), Token);
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_paused_schedule_stays_paused_when_it_is_written_again()
    {
        await using var worker = Recorder();
        _ = await worker.Schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        _ = await worker.Schedules.PauseAsync("hourly", Token);
        Clock.Advance(TimeSpan.FromHours(3));

        var same = await worker.Schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        var other = await worker.Schedules.PutAsync(Hourly with { Priority = 3 }, Clock.GetUtcNow(), Token);

        Assert.True(same.IsPaused && other.IsPaused);
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        var resumed = await worker.Schedules.ResumeAsync("hourly", Clock.GetUtcNow(), Token);
        Assert.Equal((false, 3), (resumed!.IsPaused, resumed.Priority));
        Assert.Equal(0, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.False((await worker.Schedules.PutAsync(
            Hourly with { IsPaused = true }, Clock.GetUtcNow(), Token)).IsPaused);
    }

    [Fact]
    public async Task Writing_the_same_again_changes_nothing_and_another_cron_begins_anew()
    {
        var schedules = new JobSchedules(Storage);
        var first = await schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        Clock.Advance(TimeSpan.FromHours(2));

        var same = await schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        var other = await schedules.PutAsync(Hourly with { Cron = "@daily" }, Clock.GetUtcNow(), Token);

        Assert.Equal(first.NextAt, same.NextAt);
        Assert.Equal(TimeSpan.Zero, other.NextAt!.Value.TimeOfDay);
        Assert.True(other.NextAt > Clock.GetUtcNow());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(128)]
    public async Task A_schedule_that_waits_for_its_last_job_passes_times_meanwhile(int length)
    {
        await using var scheduler = Worker(new JobHandlers());
        _ = await scheduler.Schedules.PutAsync(
            Hourly with { Name = new string('n', length), SkipsWhileRunning = true }, Clock.GetUtcNow(), Token);
        for (var i = 0; i < 3; i++)
        {
            Clock.Advance(TimeSpan.FromHours(1));
            _ = await scheduler.RunPendingAsync(cancellationToken: Token);
        }

        await using var worker = Recorder();
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task Zones_count_and_what_is_wrong_is_refused()
    {
        var schedules = new JobSchedules(Storage) { FindZone = static _ => Zones.Eastern };
        var noon = await schedules.PutAsync(
            Hourly with { Cron = "0 12 * * *" }, new DateTimeOffset(2031, 7, 1, 0, 0, 0, TimeSpan.Zero), Token);

        Assert.Equal(16, noon.NextAt!.Value.UtcDateTime.Hour);
        JobSchedule[] wrong =
        [
            Hourly with { Cron = "61 * * * *" },
            Hourly with { Cron = "0 0 30 2 *" },
            Hourly with { Name = " " },
            Hourly with { Kind = "" },
            Hourly with { AttemptsMax = 0 },
            Hourly with { Timeout = TimeSpan.MaxValue },
            Hourly with { TimeZone = "Middle-earth/Shire" },
        ];
        var real = new JobSchedules(Storage);
        foreach (var schedule in wrong)
        {
            _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                async () => await real.PutAsync(schedule, Clock.GetUtcNow(), Token));
        }
    }

    [Fact]
    public void A_schedule_that_is_never_due_or_has_no_name_is_told_in_a_sentence()
    {
        Assert.Equal(
            "The schedule 'hourly' with the cron expression '0 0 30 2 *' is never due. Correct the day or the month.",
            Refused(Hourly with { Cron = "0 0 30 2 *" }));
        Assert.Equal("A schedule needs a name; found ''. Give it one.", Refused(Hourly with { Name = "" }));

        static string Refused(JobSchedule schedule) => Assert.Throws<ArgumentException>(
            () => ScheduleTimes.Check(schedule, ScheduleTimes.FindZone)).Message;
    }

    [Fact]
    public void A_next_time_that_is_not_later_is_refused()
    {
        var at = Clock.GetUtcNow();

        Assert.Null(ScheduleTimes.Later(null, at, Hourly));
        Assert.Equal(at.AddTicks(1), ScheduleTimes.Later(at.AddTicks(1), at, Hourly));
        foreach (var next in new[] { at, at.AddHours(-1) })
        {
            var error = Assert.Throws<InvalidOperationException>(() => ScheduleTimes.Later(next, at, Hourly));
            Assert.Contains("which is not later", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ScheduleMisfire.RunOnce, "15 1 * * *", "01:00")]
    [InlineData(ScheduleMisfire.RunEach, "15 1 * * *", "01:00")]
    [InlineData(ScheduleMisfire.RunEach, "*/20 * * * *", "00:00 00:20 00:40 01:00 01:20 01:40 02:00 02:20")]
    public async Task The_clock_that_is_set_forward_in_Dublin_fires_once_and_goes_on(
        ScheduleMisfire misfire, string cron, string expected)
    {
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Dublin", out _), "There is no Dublin.");
        await using var worker = Recorder();
        var start = new DateTimeOffset(2032, 3, 27, 23, 50, 0, TimeSpan.Zero);
        Clock.Advance(start - Clock.GetUtcNow());
        _ = await worker.Schedules.PutAsync(
            Hourly with { Cron = cron, TimeZone = "Europe/Dublin", Misfire = misfire }, start, Token);

        for (var minute = 0; minute < 160; minute += 10)
        {
            Clock.Advance(TimeSpan.FromMinutes(10));
            _ = await worker.RunPendingAsync(cancellationToken: Token);
        }

        Assert.Equal(expected, string.Join(' ', fired.Select(static at => at.UtcDateTime.ToString("HH:mm", null))));
    }

    [Fact]
    public async Task Schedules_that_fail_hold_up_no_other_however_many_they_are()
    {
        var elsewhere = new JobSchedules(Storage) { FindZone = static _ => Zones.Eastern };
        for (var i = 0; i < 250; i++)
        {
            _ = await elsewhere.PutAsync(
                Hourly with { Name = $"lost {i}", TimeZone = "Middle-earth/Shire" }, Clock.GetUtcNow(), Token);
        }

        await using var worker = Recorder();
        _ = await worker.Schedules.PutAsync(
            Hourly with { Name = "found", Cron = "30 * * * *" }, Next(Clock.GetUtcNow()), Token);
        Clock.Advance(TimeSpan.FromHours(3));
        Assert.NotEqual(0, await worker.RunPendingAsync(cancellationToken: Token));
        Assert.NotEqual(0, (await worker.Schedules.FindAsync("found", Token))!.Fires);
    }

    [Fact]
    public async Task Schedules_are_listed_and_removed()
    {
        var schedules = new JobSchedules(Storage);
        _ = await schedules.PutAsync(Hourly, Clock.GetUtcNow(), Token);
        _ = await schedules.PutAsync(Hourly with { Name = "another" }, Clock.GetUtcNow(), Token);

        var names = await schedules.ListAsync(Token).Select(static one => one.Name).ToListAsync(Token);

        Assert.Equal(["another", "hourly"], names);
        Assert.True(await schedules.RemoveAsync("hourly", Token));
        Assert.False(await schedules.RemoveAsync("hourly", Token));
        Assert.Null(await schedules.FindAsync("hourly", Token));
    }

    private JobWorker Recorder() => Worker(new JobHandlers().AddRaw("mail", (payload, context, _) =>
    {
        Assert.Equal("""{"to":"all"}""", Encoding.UTF8.GetString(payload.Span));
        fired.Add(context.DueAt);
        return ValueTask.CompletedTask;
    }));

    private static DateTimeOffset Next(DateTimeOffset after) =>
        CronExpression.Parse("@hourly").NextAfter(after, TimeZoneInfo.Utc)!.Value;
}
