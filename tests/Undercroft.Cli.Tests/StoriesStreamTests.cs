namespace Undercroft.Cli.Tests;

/// <summary>Stories that come through the standard input, and what an import that fails leaves behind.</summary>
public sealed class StoriesStreamTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task A_story_comes_through_the_standard_input()
    {
        var import = await RunAsync(new CliRunOptions { Input = Lamp }, "stories", "import", "-", "--json");
        var strict = await RunAsync(new CliRunOptions { Input = Lamp }, "stories", "import", "-", "--strict");
        var list = (await RunAsync("stories", "list", "--json")).MustSucceed().JsonLines();

        var story = import.MustSucceed().Json().GetProperty("stories")[0];
        Assert.Equal("the standard input", story.GetProperty("path").GetString());
        Assert.True(story.GetProperty("isNew").GetBoolean());
        Assert.Contains("1 story imported", strict.MustSucceed().Error, Ordinal);
        Assert.Equal("The Lamp", Assert.Single(list).GetProperty("name").GetString());
    }

    [Fact]
    public async Task What_its_content_does_not_tell_is_said_by_the_format()
    {
        const string bare = "Once upon a time.\n";
        await File.WriteAllTextAsync(PathOf("bare.md"), bare, TestContext.Current.CancellationToken);

        var refused = await RunAsync(new CliRunOptions { Input = bare }, "stories", "import", "-");
        var asTwee = await RunAsync(
            new CliRunOptions { Input = ":: Start\n" + bare }, "stories", "import", "-", "--format", "twee");
        var asHtml = await RunAsync("stories", "import", PathOf("bare.md"), "--format", "html");
        var unknown = await RunAsync("stories", "import", PathOf("bare.md"), "--format", "word");

        Assert.Equal((1, 0, 1, 2), (refused.Code, asTwee.Code, asHtml.Code, unknown.Code));
        Assert.Contains("the standard input", refused.Error, Ordinal);
    }

    [Fact]
    public async Task A_first_import_that_brings_nothing_makes_no_store()
    {
        var store = PathOf("new.db");
        await File.WriteAllTextAsync(PathOf("no.twee"), "", TestContext.Current.CancellationToken);

        var empty = await RunAsync("stories", "import", PathOf("no.twee"), "--store", $"sqlite:{store}");
        var page = await RunAsync("stories", "import", PathOf("stories/readme.txt"), "--store", $"sqlite:{store}");
        var none = await RunAsync(
            "stories", "import", Directory.CreateDirectory(PathOf("none")).FullName, "--store", $"sqlite:{store}");

        Assert.Equal((1, 1, 3), (empty.Code, page.Code, none.Code));
        Assert.False(File.Exists(store));
    }
}
