namespace Undercroft.Stories.Tests;

/// <summary>The code of the kit's README, run.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_code_of_the_readme_runs()
    {
        var file = Samples.Files()
            .Single(static file => file.EndsWith("the-night-ferry.twee", StringComparison.Ordinal));
        var output = new StringWriter();

        await RunAsync(file, output);

        Assert.Contains("lossless as HTML: True", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task RunAsync(string file, TextWriter output)
    {
        // docs:readme
        await using var storage = await Storage.OpenAsync("memory:");
        await using var library = new StoryLibrary(storage);

        var import = await library.ImportAsync(await File.ReadAllBytesAsync(file), file);
        var story = await library.LoadAsync(import.Stories[0].Summary.Id);

        var statistics = StoryStatistics.Of(story!.Story);
        var page = TwineHtmlWriter.Write(story.Story);
        await output.WriteLineAsync(
            $"{story.Story.Name}: {statistics.Words} words, lossless as HTML: {page.Report.Lossless}");
        // docs:end
    }
}
