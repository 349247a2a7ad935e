namespace Undercroft.Stories.Tests;

/// <summary>Others save the story that is being edited.</summary>
public sealed class AutosaveConflictTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Edits_of_different_passages_are_merged_and_both_are_kept()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        _ = await bench.Others.SaveAsync(AutosaveBench.Lamp(end: "farewell\n"), null, Token);

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        var stored = await bench.Autosave.SaveNowAsync("lamp", Token);

        Assert.Equal(["lit\n", "farewell\n"], stored!.Story.Passages.Select(passage => passage.Body));
        var merged = Assert.Single(bench.Merged);
        Assert.Empty(merged.Conflicts);
        Assert.Empty(merged.CopyIds);
        Assert.False(merged.WasDeleted);
        Assert.True(bench.Autosave.Status("lamp")!.HasNews);
    }

    [Fact]
    public async Task An_editor_that_does_not_show_the_merge_takes_nothing_back()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        _ = await bench.Others.SaveAsync(AutosaveBench.Lamp(end: "farewell\n"), null, Token);
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        // The editor still shows the old end.
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("bright\n"));
        var second = await bench.Autosave.SaveNowAsync("lamp", Token);
        var shown = bench.Autosave.Adopt("lamp");
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("bright\n", "bye, then\n"));
        var third = await bench.Autosave.SaveNowAsync("lamp", Token);

        Assert.Equal(["bright\n", "farewell\n"], second!.Story.Passages.Select(passage => passage.Body));
        Assert.Equal(["bright\n", "farewell\n"], shown!.Passages.Select(passage => passage.Body));
        Assert.Equal(["bright\n", "bye, then\n"], third!.Story.Passages.Select(passage => passage.Body));
        Assert.Null(bench.Autosave.Adopt("lamp"));
        Assert.False(bench.Autosave.Status("lamp")!.HasNews);
        Assert.Single(bench.Merged);
    }

    [Fact]
    public async Task Nothing_is_adopted_while_there_are_edits_that_are_not_saved()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        _ = await bench.Others.SaveAsync(AutosaveBench.Lamp(end: "farewell\n"), null, Token);
        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("bright\n"));

        Assert.Null(bench.Autosave.Adopt("lamp"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);
        Assert.NotNull(bench.Autosave.Adopt("lamp"));
    }

    [Fact]
    public async Task What_contradicts_is_kept_whole_as_a_second_story_and_reported()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        var theirs = await bench.Others.SaveAsync(
            AutosaveBench.Lamp("pitch dark\n", "farewell\n"), new StorySaveOptions { Tags = ["fantasy"] }, Token);

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();

        var merged = Assert.Single(bench.Merged);
        var conflict = Assert.Single(merged.Conflicts);
        var copy = await bench.Others.LoadAsync(Assert.Single(merged.CopyIds), cancellationToken: Token);
        Assert.Equal(
            ("body", "Start", "dark\n", "lit\n", "pitch dark\n"),
            (conflict.Field, conflict.PassageName, conflict.Base, conflict.Local, conflict.Remote));
        Assert.Equal(
            ["lit\n", "farewell\n"], (await bench.StoredAsync()).Passages.Select(passage => passage.Body));
        Assert.Equal(["pitch dark\n", "farewell\n"], copy!.Story.Passages.Select(passage => passage.Body));
        Assert.Equal(($"lamp~{theirs.Revision}", $"Lamp (other version, {theirs.Revision})"),
            (copy.Story.Id, copy.Story.Name));
        Assert.Equal(["fantasy"], copy.Tags);
        Assert.Equal((1, 1), (bench.Autosave.Statistics.Merges, bench.Autosave.Statistics.Conflicts));
    }

    [Fact]
    public async Task A_story_that_others_deleted_is_created_again_and_reported()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        _ = await bench.Others.DeleteAsync("lamp", cancellationToken: Token);

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        Assert.True(Assert.Single(bench.Merged).WasDeleted);
        Assert.Equal("lit\n", (await bench.StoredAsync()).Passages[0].Body);
    }

    [Fact]
    public async Task A_story_that_others_created_meanwhile_is_merged_without_a_common_beginning()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        _ = await bench.Autosave.OpenAsync("new", Token);
        _ = await bench.Others.SaveAsync(Make.Story(Make.Passage("Theirs", "t\n")) with { Id = "new" }, null, Token);

        bench.Autosave.MarkDirty(Make.Story(Make.Passage("Mine", "m\n")) with { Id = "new" });
        var stored = await bench.Autosave.SaveNowAsync("new", Token);

        Assert.Equal(["Mine", "Theirs"], stored!.Story.Passages.Select(passage => passage.Name).Order());
    }

    [Fact]
    public async Task A_save_that_was_done_although_it_failed_is_recognised()
    {
        await using var bench = await AutosaveBench.OpenAsync();
        var isDone = false;
        bench.Store.BeforeCommit = async () =>
        {
            if (!isDone)
            {
                // The commit arrives, but its answer is lost.
                isDone = true;
                _ = await bench.Others.SaveAsync(AutosaveBench.Lamp("lit\n"), null, Token);
                throw new StoreException(StoreErrorKind.Unavailable, "The line is dead.") { IsTransient = true };
            }
        };

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        bench.Clock.Advance(AutosaveBench.Debounce);
        await bench.EndedAsync();
        var commits = bench.Store.Commits;
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.EndedAsync();

        Assert.Equal(StoryAutosaveState.Saved, bench.State);
        Assert.Equal(commits, bench.Store.Commits);
        Assert.Empty(Assert.Single(bench.Merged).Conflicts);
    }

    [Fact]
    public async Task Two_editors_that_never_stop_lose_nothing()
    {
        var random = new Random(Seeds.Current);
        await using var bench = await AutosaveBench.OpenAsync();
        await using var other = new StoryAutosave(
            bench.Others, new StoryAutosaveOptions { Clock = bench.Clock, Random = new Random(1) });
        _ = await other.OpenAsync("lamp", Token);
        var mine = AutosaveBench.Lamp();
        var theirs = AutosaveBench.Lamp();
        for (var i = 0; i < 100; i++)
        {
            if (random.Next(2) == 0)
            {
                mine = mine with { Passages = [.. mine.Passages, Make.Passage($"mine {i}")] };
                bench.Autosave.MarkDirty(mine);
            }
            else
            {
                theirs = theirs with { Passages = [.. theirs.Passages, Make.Passage($"theirs {i}")] };
                other.MarkDirty(theirs);
            }

            if (random.Next(3) == 0)
            {
                _ = await (random.Next(2) == 0 ? bench.Autosave : other).SaveNowAsync("lamp", Token);
            }
        }

        _ = await bench.Autosave.SaveNowAsync("lamp", Token);
        _ = await other.SaveNowAsync("lamp", Token);

        var names = (await bench.StoredAsync()).Passages.Select(passage => passage.Name).ToList();
        Assert.True(names.Count == 102 && names.Distinct().Count() == 102, Seeds.Replay(names.Count));
    }

    [Fact]
    public async Task Two_editors_of_one_text_lose_no_line_that_neither_has_deleted()
    {
        var random = new Random(Seeds.Current);
        await using var bench = await AutosaveBench.OpenAsync();
        await using var other = new StoryAutosave(
            bench.Others, new StoryAutosaveOptions { Clock = bench.Clock, Random = new Random(1) });
        _ = await other.OpenAsync("lamp", Token);
        var merged = new List<StoryAutosaveMerged>();
        _ = bench.Autosave.OnMerged(merged.Add);
        _ = other.OnMerged(merged.Add);
        var editors = new[] { new LineEditor(bench.Autosave), new LineEditor(other) };
        for (var i = 0; i < 300; i++)
        {
            editors[random.Next(2)].Edit(random, i);
            if (random.Next(3) == 0)
            {
                _ = await editors[random.Next(2)].Autosave.SaveNowAsync("lamp", Token);
            }
        }

        _ = await bench.Autosave.SaveNowAsync("lamp", Token);
        _ = await other.SaveNowAsync("lamp", Token);
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        // What contradicted is in the second versions that were reported.
        var kept = LineEditor.LinesOf(await bench.StoredAsync()).ToHashSet();
        foreach (var id in merged.SelectMany(static one => one.CopyIds))
        {
            kept.UnionWith(LineEditor.LinesOf(await bench.StoredAsync(id)));
        }

        var lost = editors.SelectMany(static one => one.Added)
            .Except(editors.SelectMany(static one => one.Deleted))
            .Except(kept)
            .ToList();
        Assert.True(lost.Count == 0, $"Lost: {string.Join(", ", lost)}. {Seeds.Replay(0)}");
        Assert.True(editors.All(static one => one.Deleted.Count > 10), Seeds.Replay(0));
        Assert.True(merged.Any(static one => one.CopyIds.Count > 0), Seeds.Replay(0));
    }

    [Fact]
    public async Task A_backup_is_taken_before_the_story_is_overwritten_and_its_failure_stops_no_save()
    {
        await using var bench = await AutosaveBench.OpenAsync((options, bench) => options.Backups = new StoryBackups(
            bench.Storage,
            bench.Library,
            new StoryBackupOptions { Clock = bench.Clock, Directory = "/dev/null/nowhere" }));

        bench.Autosave.MarkDirty(AutosaveBench.Lamp("lit\n"));
        _ = await bench.Autosave.SaveNowAsync("lamp", Token);

        var backups = new StoryBackups(bench.Storage, bench.Library);
        var backup = Assert.Single(await backups.ListAsync("lamp", Token).ToListAsync(Token));
        Assert.Equal("dark\n", (await backups.ReadAsync("lamp", backup.Number, Token))!.Passages[0].Body);
        Assert.Equal(StoryBackupReason.BeforeSave, backup.Reason);
        Assert.Equal("lit\n", (await bench.StoredAsync()).Passages[0].Body);
        Assert.True(Assert.Single(bench.Failed).IsBackup);
    }

    /// <summary>Adds lines to one text and deletes lines that it shows, and remembers both.</summary>
    private sealed class LineEditor(StoryAutosave autosave)
    {
        private Story shown = AutosaveBench.Lamp();

        public StoryAutosave Autosave => autosave;

        public List<string> Added { get; } = [];

        public HashSet<string> Deleted { get; } = [];

        public static string[] LinesOf(Story story) =>
            story.Passages[0].Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public void Edit(Random random, int number)
        {
            shown = autosave.Adopt("lamp") ?? shown;
            var lines = LinesOf(shown).ToList();
            if (lines.Count > 3 && random.Next(3) == 0)
            {
                var at = random.Next(lines.Count);
                _ = Deleted.Add(lines[at]);
                lines.RemoveAt(at);
            }
            else
            {
                Added.Add($"line {number}");
                lines.Insert(random.Next(lines.Count + 1), Added[^1]);
            }

            var body = string.Concat(lines.Select(static line => line + "\n"));
            shown = shown with { Passages = [shown.Passages[0] with { Body = body }, .. shown.Passages.Skip(1)] };
            autosave.MarkDirty(shown);
        }
    }
}
