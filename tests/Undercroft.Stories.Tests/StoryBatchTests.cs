namespace Undercroft.Stories.Tests;

public sealed class StoryBatchTests : IDisposable
{
    private const string Lamp = ":: StoryTitle\nThe Lamp\n\n:: Start\nDark. [[Go->Hall]]\n\n:: Hall\nLight.\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-batch-");

    private string Source => Path.Combine(folder.FullName, "in");

    private string Target => Path.Combine(folder.FullName, "out");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_mixed_folder_becomes_one_format_with_names_that_never_meet()
    {
        var html = Make.Text(TwineHtmlWriter.Write([Make.Twee(Lamp), Make.Twee(Lamp)]));
        Put("a.twee", Lamp);
        Put("a.html", html);
        Put("A.TW", Lamp);
        Put("sub/b.whisker", Make.Text(WhiskerWriter.Write(Make.Twee(Lamp))));
        Put("sub/b.twee.html", html);
        Put("notes.txt", "nothing");
        Put("bad.whisker", "{\"format\":\"whisker\",\n\"passages\":[");
        Put(".hidden.twee", Lamp);

        var results = await RunAsync(StoryFormats.TwineJson);

        Assert.Equal(
            [
                ("A.TW", StoryBatchOutcome.Converted, "A.TW.json"),
                ("a.html", StoryBatchOutcome.Converted, "a.html.1.json a.html.2.json"),
                ("a.twee", StoryBatchOutcome.Converted, "a.twee.json"),
                ("bad.whisker", StoryBatchOutcome.Failed, ""),
                ("notes.txt", StoryBatchOutcome.PassedOver, ""),
                ("sub/b.twee.html", StoryBatchOutcome.Converted, "sub/b.twee.1.json sub/b.twee.2.json"),
                ("sub/b.whisker", StoryBatchOutcome.Converted, "sub/b.json"),
            ],
            results.Select(file =>
                (file.Source, file.Outcome, string.Join(' ', file.Outputs.Select(output => output.File)))));
        Assert.Contains("line 2: expected", results[3].Error, StringComparison.Ordinal);
        Assert.Equal(
            Make.Text(TwineJsonWriter.Write(Make.Twee(Lamp))),
            await File.ReadAllTextAsync(Path.Combine(Target, "a.twee.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_story_called_report_is_converted_like_any_other()
    {
        Put("crime.report.json", Make.Text(WhiskerWriter.Write(Make.Twee(Lamp))));

        var results = await RunAsync(StoryFormats.Twee3);

        Assert.Equal("crime.report.twee", Assert.Single(Assert.Single(results).Outputs).File);
    }

    [Fact]
    public async Task A_report_takes_no_name_of_a_result()
    {
        Put("a.twee", Lamp);
        Put("a.report.twee", Lamp);

        var results = await RunAsync(StoryFormats.TwineJson);
        var again = await RunAsync(StoryFormats.TwineJson);

        Assert.Equal(
            4, results.SelectMany(static file => file.Outputs).Select(static one => one.File)
                .Concat(Directory.GetFiles(Target, "*.report.json").Select(static path => Path.GetFileName(path)))
                .Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(again, static file => Assert.Equal(StoryBatchOutcome.Unchanged, file.Outcome));
    }

    [Fact]
    public async Task A_second_run_passes_over_what_is_done_and_goes_on_where_the_first_was_stopped()
    {
        for (var i = 0; i < 5; i++)
        {
            Put($"{i}.twee", Lamp);
        }

        using var stop = new CancellationTokenSource();
        var batch = StoryBatch.Plan(Source, Target, new StoryBatchOptions { Format = StoryFormats.Whisker });
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var file in batch.RunAsync(stop.Token))
            {
                if (file.Source == "2.twee")
                {
                    await stop.CancelAsync();
                }
            }
        });
        var second = await RunAsync(StoryFormats.Whisker);
        Put("1.twee", Lamp + "more");
        File.Delete(Path.Combine(Target, "3.whisker"));
        var third = await RunAsync(StoryFormats.Whisker);

        Assert.Equal([true, true, true, false, false], Unchanged(second));
        Assert.Equal([true, false, true, false, true], Unchanged(third));
        Assert.All(third, file => Assert.NotEqual(StoryBatchOutcome.Failed, file.Outcome));

        static IEnumerable<bool> Unchanged(IEnumerable<StoryBatchFile> files) =>
            files.Select(file => file.Outcome == StoryBatchOutcome.Unchanged);
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_left_alone_unless_it_may_be_overwritten()
    {
        Put("a.twee", Lamp);
        Put("../out/a.whisker", "mine");

        var refused = Assert.Single(await RunAsync(StoryFormats.Whisker));
        var mine = await File.ReadAllTextAsync(
            Path.Combine(Target, "a.whisker"), TestContext.Current.CancellationToken);
        var forced = Assert.Single(await RunAsync(StoryFormats.Whisker, options => options with { Overwrite = true }));

        Assert.Equal((StoryBatchOutcome.Failed, "mine"), (refused.Outcome, mine));
        Assert.Contains("There is something at 'a.whisker' already", refused.Error, StringComparison.Ordinal);
        Assert.Equal(StoryBatchOutcome.Converted, forced.Outcome);
    }

    [Fact]
    public async Task A_full_disk_leaves_what_was_there_and_nothing_half()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        Put("a.twee", Lamp);
        Put("b.twee", Lamp);
        _ = await RunAsync(StoryFormats.TwineJson);
        var result = Path.Combine(Target, "a.json");
        var before = await File.ReadAllTextAsync(result, TestContext.Current.CancellationToken);
        Put("a.twee", Lamp + "more");
        _ = File.CreateSymbolicLink(result + ".part", "/dev/full");

        var full = await RunAsync(StoryFormats.TwineJson);

        Assert.Equal([StoryBatchOutcome.Failed, StoryBatchOutcome.Unchanged], full.Select(static one => one.Outcome));
        Assert.Contains("No space left", full[0].Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(result, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.EnumerateFiles(Target, "*.part", SearchOption.AllDirectories));

        var second = await RunAsync(StoryFormats.TwineJson);
        Assert.Equal(
            [StoryBatchOutcome.Converted, StoryBatchOutcome.Unchanged], second.Select(static one => one.Outcome));
    }

    [Fact]
    public async Task A_dry_run_and_a_strict_loss_write_nothing()
    {
        Put("a.twee", Lamp);
        Put("b.whisker", "{\"format\":\"whisker\",\"passages\":[{\"id\":\"a\",\"text\":\"x\",\"choices\":"
            + "[{\"text\":\"t\",\"target\":\"END\"}]}]}");

        var dry = await RunAsync(StoryFormats.Twee3, options => options with { DryRun = true });
        var hasTarget = Directory.Exists(Target);
        var strict = await RunAsync(StoryFormats.Twee3, options => options with { Strict = true });

        Assert.All(dry, file => Assert.Equal(StoryBatchOutcome.Converted, file.Outcome));
        Assert.False(hasTarget);
        Assert.Equal([StoryBatchOutcome.Converted, StoryBatchOutcome.Failed], strict.Select(file => file.Outcome));
        Assert.Contains("END, BACK and RESTART", strict[1].Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Target, "b.twee")));
    }

    [Fact]
    public async Task A_report_with_a_path_that_leads_out_of_the_folder_is_not_believed()
    {
        Put("a.twee", Lamp);
        Put("../secret", "s");
        _ = await RunAsync(StoryFormats.Whisker);
        var report = Path.Combine(Target, "a.report.json");
        var forged = (await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken))
            .Replace("\"file\":\"a.whisker\"", "\"file\":\"../secret\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(report, forged, TestContext.Current.CancellationToken);

        var again = Assert.Single(await RunAsync(StoryFormats.Whisker));

        Assert.Contains("../secret", forged, StringComparison.Ordinal);
        Assert.Equal(StoryBatchOutcome.Converted, again.Outcome);
        Assert.Equal("a.whisker", Assert.Single(again.Outputs).File);
    }

    [Fact]
    public void A_folder_is_not_converted_into_itself_nor_to_what_is_not_written()
    {
        Put("a.twee", Lamp);

        _ = Assert.Throws<ArgumentException>(
            () => StoryBatch.Plan(Source, Source + "/", new StoryBatchOptions { Format = StoryFormats.Twee3 }));
        _ = Assert.Throws<ArgumentException>(
            () => StoryBatch.Plan(Source, Target, new StoryBatchOptions { Format = StoryFormats.Twine1Html }));
        Assert.Equal(
            ["a.twee"],
            StoryBatch.Plan(folder.FullName, Target, new StoryBatchOptions { Format = StoryFormats.Twee3 }).Files
                .Select(Path.GetFileName));
    }

    private async Task<List<StoryBatchFile>> RunAsync(
        string format, Func<StoryBatchOptions, StoryBatchOptions>? change = null)
    {
        var options = new StoryBatchOptions { Format = format };
        var results = new List<StoryBatchFile>();
        var batch = StoryBatch.Plan(Source, Target, change?.Invoke(options) ?? options);
        await foreach (var file in batch.RunAsync(TestContext.Current.CancellationToken))
        {
            results.Add(file);
        }

        return results;
    }

    [Fact]
    public void Results_are_not_written_into_a_file()
    {
        Put("a.twee", Lamp);
        Put("b", "");

        var error = Assert.Throws<ArgumentException>(() => StoryBatch.Plan(
            Source, Path.Combine(Source, "b"), new StoryBatchOptions { Format = StoryFormats.TwineJson }));

        Assert.Contains("it is a file. Name a folder.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_with_many_control_characters_is_a_text()
    {
        var twee = System.Text.Encoding.UTF8.GetBytes(":: Start\n\u001b[31m\u001b[0m\u0007\u0007 é\n");

        Assert.Equal(StoryFormats.Twee3, StoryFormats.Examine(twee).Format);
        Assert.Equal("a binary file", StoryFormats.Examine([.. twee, 0]).Foreign);
        Assert.Equal("a binary file", StoryFormats.Examine([.. twee, 0xFF]).Foreign);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("[{\"file\":\"a\\u0000b\",\"sha256\":\"\",\"report\":{\"from\":null}}]")]
    [InlineData("[{\"file\":\"\",\"sha256\":\"\"}]")]
    public async Task A_report_that_somebody_else_made_is_no_report(string outputs)
    {
        Put("a.twee", Lamp);
        var report = Path.Combine(Target, "a.report.json");
        _ = await RunAsync(StoryFormats.TwineJson);
        var made = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
        var at = made.IndexOf("\"outputs\":", StringComparison.Ordinal);
        Assert.True(at > 0, made);
        await File.WriteAllTextAsync(
            report, $"{made[..at]}\"outputs\":{outputs}}}", TestContext.Current.CancellationToken);

        var file = Assert.Single(await RunAsync(StoryFormats.TwineJson));

        Assert.Equal((StoryBatchOutcome.Converted, null), (file.Outcome, file.Error));
        Assert.Equal(made, await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
    }

    private void Put(string name, string text)
    {
        var path = Path.GetFullPath(Path.Combine(Source, name));
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
