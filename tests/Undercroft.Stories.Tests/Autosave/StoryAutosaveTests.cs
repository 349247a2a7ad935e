namespace Undercroft.Stories.Tests;

public sealed class StoryAutosaveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edit_is_saved_when_it_has_been_quiet_and_not_before()
    {
        await using var bench = await AutosaveBench.OpenAsync();

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce - AutosaveBench.Tick);
        var early = bench.State;
        bench.Clock.Advance(AutosaveBench.Tick);
        await bench.EndedAsync();

        Assert.Equal(StoryAutosaveState.Dirty, early);
        Assert.Equal(StoryAutosaveState.Saved, bench.State);
        Assert.Equal([StoryAutosaveState.Saving, StoryAutosaveState.Saved], bench.States);
        Assert.Equal("lit\n", (await bench.StoredAsync()).Passages[0].Body);
        var saved = Assert.Single(bench.Saved);
        Assert.Equal(("lamp", true), (saved.StoryId, saved.IsAllSaved));
    }

    [Fact]
    public async Task Edits_that_never_pause_are_saved_at_the_interval_and_not_before()
    {
        await using var bench = await AutosaveBench.OpenAsync();

        // The first edit is at zero, the last but one just before the interval ends.
        for (var second = 0; second < 30; second++)
        {
            bench.Autosave.MarkDirty(AutosaveBench.Lamp($"{second}\n"));
            bench.Clock.Advance(second < 29 ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(1) - AutosaveBench.Tick);
        }

        var early = bench.State;
        bench.Clock.Advance(AutosaveBench.Tick);
        await bench.EndedAsync();

        Assert.Equal(StoryAutosaveState.Dirty, early);
        Assert.Equal("29\n", (await bench.StoredAsync()).Passages[0].Body);
        Assert.Equal((30, 1), (bench.Autosave.Statistics.Edits, bench.Autosave.Statistics.Saves));
    }

    [Fact]
    public async Task A_snapshot_is_taken_when_the_save_begins()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        var current = AutosaveBench.Lamp("one\n");

        bench.Autosave.MarkDirty("lamp", () => current);
        current = AutosaveBench.Lamp("two\n");
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();

        Assert.Equal("two\n", (await bench.StoredAsync()).Passages[0].Body);
    }

    [Fact]
    public async Task What_is_edited_during_a_save_is_saved_by_the_next_one()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        var isIn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Store.BeforeCommit = async () =>
        {
            isIn.TrySetResult();
            await mayGoOn.Task;
        };

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("first\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await isIn.Task;
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("second\n"));
        var during = bench.State;
        bench.Clock.Advance(AutosaveBench.Debounce);
        mayGoOn.SetResult();
        await bench.EndedAsync();
        var between = (bench.State, (await bench.StoredAsync()).Passages[0].Body, bench.Saved[0].IsAllSaved);
        bench.Clock.Advance(TimeSpan.Zero);
        await bench.EndedAsync();

        Assert.Equal(StoryAutosaveState.Saving, during);
        Assert.Equal((StoryAutosaveState.Dirty, "first\n", false), between);
        Assert.Equal("second\n", (await bench.StoredAsync()).Passages[0].Body);
        Assert.Equal(StoryAutosaveState.Saved, bench.State);
    }

    [Fact]
    public async Task A_save_that_fails_is_tried_again_later_each_time_and_not_for_ever()
    {
        await using var bench = await AutosaveBench.OpenAsync((options, _) => options.AttemptsMax = 4);
        bench.FailCommits();

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(seconds) - AutosaveBench.Tick);
            Assert.Equal(StoryAutosaveState.Dirty, bench.State);
            bench.Clock.Advance(AutosaveBench.Tick);
            await bench.EndedAsync();
        }

        bench.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(StoryAutosaveState.Failed, bench.State);
        Assert.Equal(
            [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), null],
            bench.Failed.Select(failure => failure.RetryIn));
        Assert.Equal([1, 2, 3, 4], bench.Failed.Select(failure => failure.Attempt));
        Assert.Equal((4, 3), (bench.Autosave.Statistics.Failures, bench.Autosave.Statistics.Retries));
        Assert.True(bench.Autosave.Status("lamp")!.IsDirty);
        Assert.Empty(bench.Saved);
    }

    [Fact]
    public async Task A_new_edit_begins_anew_after_a_failure_for_good()
    {
        await using var bench = await AutosaveBench.OpenAsync((options, _) => options.AttemptsMax = 1);
        bench.FailCommits();
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();

        bench.Store.BeforeCommit = null;
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("bright\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();

        Assert.Equal((StoryAutosaveState.Saved, 0), (bench.State, bench.Autosave.Status("lamp")!.Failures));
        Assert.Equal("bright\n", (await bench.StoredAsync()).Passages[0].Body);
    }

    [Fact]
    public async Task What_the_store_can_never_take_fails_at_once()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        bench.FailCommits(StoreErrorKind.ReadOnly);
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();
        var readOnly = bench.State;

        bench.Autosave.MarkDirty("lamp", () => throw new InvalidOperationException("The editor is gone."));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();
        bench.Autosave.MarkDirty("lamp", () => AutosaveBench.Lamp() with { Id = "other" });
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();

        Assert.Equal((StoryAutosaveState.Failed, StoryAutosaveState.Failed), (readOnly, bench.State));
        Assert.Equal(["The test says no.", "The editor is gone."], bench.Failed.Take(2).Select(f => f.Error.Message));
        Assert.StartsWith(
            "The snapshot of 'lamp' is the story 'other'.", bench.Failed[2].Error.Message, StringComparison.Ordinal);
        Assert.All(bench.Failed, failure => Assert.Null(failure.RetryIn));
    }

    [Fact]
    public void Chance_takes_away_up_to_half_of_a_delay_and_no_delay_is_longer_than_the_most()
    {
        var random = new Random(Seeds.Current);
        var policy = new AutosavePolicy(new StoryAutosaveOptions { Random = random, AttemptsMax = 99 });

        for (var failures = 1; failures < 99; failures++)
        {
            var whole = Math.Min(Math.Pow(2, failures - 1), 60);
            Assert.InRange(
                policy.RetryIn(new TimeoutException(), failures)!.Value.TotalSeconds, whole / 2, whole);
        }

        Assert.Null(policy.RetryIn(new TimeoutException(), 99));
    }

    [Fact]
    public async Task Nothing_is_saved_by_the_clock_while_paused_and_what_was_due_is_saved_on_resume()
    {
        await using var bench = await AutosaveBench.OpenAsync();

        bench.Autosave.Pause();
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(TimeSpan.FromHours(1));
        var paused = (bench.State, bench.Autosave.Status("lamp")!.IsDirty, bench.Autosave.Statistics.Saves);
        bench.Autosave.Resume();
        bench.Clock.Advance(TimeSpan.Zero);
        await bench.EndedAsync();

        Assert.Equal((StoryAutosaveState.Paused, true, 0), paused);
        Assert.Equal(StoryAutosaveState.Saved, bench.State);
    }

    [Fact]
    public async Task A_save_that_is_asked_for_waits_for_no_clock_and_writes_nothing_where_nothing_changed()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        bench.Autosave.Pause();

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        var first = await bench.Autosave.SaveNowAsync("lamp", Token);
        var commits = bench.Store.Commits;
        var second = await bench.Autosave.SaveNowAsync("lamp", Token);
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        var third = await bench.Autosave.SaveNowAsync("lamp", Token);

        Assert.Equal("lit\n", first!.Story.Passages[0].Body);
        Assert.Equal(first.Revision, second!.Revision);
        Assert.Equal(first.Revision, third!.Revision);
        Assert.Equal(commits, bench.Store.Commits);
    }

    [Fact]
    public async Task A_story_that_is_not_there_yet_is_created()
    {
        await using var bench = await AutosaveBench.OpenAsync();

        var none = await bench.Autosave.OpenAsync("new", Token);
        bench.Autosave.MarkDirty(Make.Story(Make.Passage("Start", "once\n")) with { Id = "new" });
        var saved = await bench.Autosave.SaveNowAsync("new", Token);

        Assert.Null(none);
        Assert.Equal("once\n", (await bench.StoredAsync("new")).Passages[0].Body);
        Assert.NotEqual(Revision.None, saved!.Revision);
    }

    [Fact]
    public async Task Disposing_saves_everything_and_ends_when_it_takes_too_long()
    {
        var quick = await AutosaveBench.OpenAsync();
        quick.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        await quick.Autosave.DisposeAsync();
        var body = (await quick.StoredAsync()).Passages[0].Body;
        await quick.DisposeAsync();

        var slow = await AutosaveBench.OpenAsync();
        var isIn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        slow.Store.BeforeCommit = async () =>
        {
            isIn.TrySetResult();
            await never.Task;
        };
        slow.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        var end = slow.Autosave.DisposeAsync();
        await isIn.Task;
        slow.Clock.Advance(TimeSpan.FromSeconds(10) - AutosaveBench.Tick);
        var early = end.IsCompleted;
        slow.Clock.Advance(AutosaveBench.Tick);
        await end;

        Assert.Equal("lit\n", body);
        Assert.False(early);
        Assert.IsType<TimeoutException>(Assert.Single(slow.Failed).Error);
        _ = Assert.Throws<ObjectDisposedException>(() => slow.Autosave.MarkDirty(AutosaveBench.Lamp()));
        never.SetException(new TimeoutException("The test is over."));
        await slow.DisposeAsync();
    }

    [Fact]
    public async Task Many_stories_are_saved_each_for_itself_and_one_that_fails_stops_no_other()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            _ = await bench.Autosave.OpenAsync($"story {i}", Token);
            bench.Autosave.MarkDirty(Make.Story(Make.Passage("Start", $"{i}\n")) with { Id = $"story {i}" });
        }

        bench.Autosave.MarkDirty("lamp", () => throw new InvalidOperationException("No."));
        var failures = await bench.Autosave.SaveAllAsync(Token);

        Assert.Equal("lamp", Assert.Single(failures).StoryId);
        Assert.Equal((51, 1, 50), (
            bench.Autosave.Statistics.Stories, bench.Autosave.Statistics.Dirty, bench.Autosave.Statistics.Saves));
        Assert.Equal("49\n", (await bench.StoredAsync("story 49")).Passages[0].Body);
        Assert.True(bench.Autosave.Discard("lamp"));
    }

    [Fact]
    public async Task Closing_saves_and_what_is_not_open_or_too_much_is_refused()
    {
        await using var bench = await AutosaveBench.OpenAsync((options, _) => options.StoriesMax = 1);
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));

        var twice = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await bench.Autosave.OpenAsync("lamp", Token));
        var many = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await bench.Autosave.OpenAsync("other", Token));
        await bench.Autosave.CloseAsync("lamp", Token);
        var closed = Assert.Throws<InvalidOperationException>(() => bench.Autosave.MarkDirty(AutosaveBench.Lamp()));

        Assert.Equal("lit\n", (await bench.StoredAsync()).Passages[0].Body);
        Assert.Null(bench.Autosave.Status("lamp"));
        Assert.Equal("The story 'lamp' is open already.", twice.Message);
        Assert.StartsWith("Cannot open 'other': 1 stories are open, which is the most.", many.Message,
            StringComparison.Ordinal);
        Assert.Equal("The story 'lamp' is not open. Call OpenAsync first.", closed.Message);
    }

    [Fact]
    public async Task A_handler_that_fails_stops_nothing_and_one_that_is_removed_hears_nothing()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        var heard = 0;
        _ = bench.Autosave.OnSaved(_ => throw new InvalidOperationException("No."));
        var second = bench.Autosave.OnSaved(_ => heard++);

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);
        second.Dispose();
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("bright\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        Assert.Equal((1, 2, 2), (heard, bench.Saved.Count, bench.Autosave.Statistics.HandlerFailures));
    }
}
