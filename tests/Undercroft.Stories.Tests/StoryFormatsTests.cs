namespace Undercroft.Stories.Tests;

public sealed class StoryFormatsTests
{
    [Theory]
    [InlineData(":: Start\n", StoryFormats.Twee3)]
    [InlineData("notes\r\n::Start", StoryFormats.Twee3)]
    [InlineData("\uFEFF:: Start", StoryFormats.Twee3)]
    [InlineData("<html><tw-storydata name='x'></tw-storydata>", StoryFormats.TwineHtml)]
    [InlineData("  <TW-StoryData name='x'>", StoryFormats.TwineArchive)]
    [InlineData("<!-- two --><tw-storydata></tw-storydata>\n<tw-storydata></tw-storydata>", StoryFormats.TwineArchive)]
    [InlineData("<div id='x'><div tiddler=\"Start\">a</div></div>", StoryFormats.Twine1Html)]
    [InlineData("{\"format\":\"whisker\"}", StoryFormats.Whisker)]
    [InlineData("{\"metadata\":{},\"passages\":{\"a\":{\"content\":\"\"}}}", StoryFormats.Whisker)]
    [InlineData("{\"name\":\"x\",\"passages\":[{\"name\":\"a\",\"text\":\"\"}]}", StoryFormats.TwineJson)]
    [InlineData("{\"passages\":[1]}", StoryFormats.TwineJson)]
    [InlineData("{\"passages\":1}", null)]
    [InlineData("::selection {", StoryFormats.Twee3)]
    [InlineData("int a;\n::run();", null)]
    [InlineData("<style>\n::selection {}\n</style><tw-storydata name='x'>", StoryFormats.TwineHtml)]
    [InlineData(":: Start\n<tw-storydata>", StoryFormats.Twee3)]
    [InlineData("plain text", null)]
    [InlineData("<html></html>", null)]
    [InlineData("", null)]
    public void A_format_is_told_by_the_content(string text, string? format) =>
        Assert.Equal(format, StoryFormats.Detect(Make.Bytes(text)));

    [Fact]
    public void A_file_that_is_no_story_is_refused_by_name_and_line()
    {
        var page = Assert.Throws<StoryFormatException>(
            () => StoryFormats.Read(Make.Bytes("<html></html>"), "page.html"));
        var text = Assert.Throws<StoryFormatException>(() => StoryFormats.Read(Make.Bytes("{}"), "story.twee"));

        Assert.Equal(
            "Cannot read 'page.html', line 1: it looks like a web page without a story of Twine in it; expected "
            + "Twee 3, Twine 2 HTML or JSON, Twine 1 HTML, or whisker JSON.",
            page.Message);
        Assert.Equal(
            "Cannot read 'story.twee' as Twee, line 1: no line begins with '::'; expected passages such as ':: Start'.",
            text.Message);
        Assert.Equal(StoreErrorKind.Malformed, page.Kind);
    }

    [Fact]
    public void A_page_of_Twine_1_is_not_Twine_2_and_the_answer_says_what_it_is()
    {
        var error = Assert.Throws<StoryFormatException>(
            () => TwineHtmlReader.Read(Make.Bytes("<html>\n<body>\n<div id=\"storeArea\">\n</div>"), "old.html"));

        Assert.Equal(
            "Cannot read 'old.html', line 3: it was made by Twine 1; read it as 'twine1-html'.", error.Message);
    }

    [Fact]
    public void Twine_1_is_not_written() => Assert.Contains(
        "read only",
        Assert.Throws<ArgumentException>(() => StoryFormats.Write([Make.Story()], StoryFormats.Twine1Html)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_archive_of_several_stories_comes_back_with_everything_between_them()
    {
        const string Archive =
            "<!-- my <tw-storydata> -->\n<tw-storydata name=\"A\" startnode=\"1\" ifid=\"AAAAAAAA\" hidden>"
            + "<tw-passagedata pid=\"1\" name=\"Start\">one</tw-passagedata></tw-storydata>\n\n"
            + "<tw-storydata name=\"B\" ifid=\"BBBBBBBB\"><p>stray</p></tw-storydata>\n"
            + "<script>'<tw-storydata>'</script>\n";

        var read = TwineHtmlReader.Read(Make.Bytes(Archive), "archive.html");
        var written = StoryFormats.Write(read.Stories, StoryFormats.TwineHtml);

        Assert.Equal(["A", "B"], read.Stories.Select(story => story.Name));
        Assert.Equal(Archive, Make.Text(written));
        Assert.Contains(read.Report.Entries, entry => entry is { Code: "HTML-OPAQUE", StoryId: "BBBBBBBB", Line: 4 });
    }

    [Fact]
    public void A_wrong_format_or_too_many_stories_are_refused()
    {
        var story = Make.Story();

        Assert.Contains(
            "'pdf'",
            Assert.Throws<ArgumentException>(() => StoryFormats.Write([story], "pdf")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "2 were given",
            Assert.Throws<ArgumentException>(() => StoryFormats.Write([story, story], StoryFormats.Twee3)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_passage_changes_its_header_and_nothing_else()
    {
        const string Text =
            "\uFEFF:: StoryTitle\r\nT\r\n\r\n::A[ x   y ]{\"position\":\"1,2\"}\r\n  body  \r\n\r\n\r\n::B\r\nb";
        var story = Make.Twee(Text);

        var written = TweeWriter.Write(
            story with { Passages = [story.Passages[0] with { Name = "C" }, story.Passages[1]] });

        Assert.Equal(
            Text.Replace(
                "::A[ x   y ]{\"position\":\"1,2\"}", ":: C [x y] {\"position\":\"1,2\"}", StringComparison.Ordinal),
            Make.Text(written));
        Assert.Equal((1, 1), (written.Report.Counts.Preserved, written.Report.Counts.Regenerated));
    }

    [Fact]
    public void An_edited_page_keeps_its_engine_and_every_untouched_tag()
    {
        const string Page =
            "<html><script>engine('<tw-storydata>')</script><tw-storydata name='T' startnode=2 options=\"\" hidden >\n"
            + "<tw-passagedata  name=\"A\" pid=\"7\" tags=\"\">a &#x27; b</tw-passagedata>\n"
            + "<tw-passagedata pid=\"2\" name=\"B\">old</tw-passagedata>\n</tw-storydata>"
            + "<script>more()</script></html>";
        var story = Make.Html(Page);

        var written = TwineHtmlWriter.Write(
            story with { Passages = [story.Passages[0], story.Passages[1] with { Body = "<new>" }] });

        Assert.Equal(Page.Replace(">old<", ">&lt;new&gt;<", StringComparison.Ordinal), Make.Text(written));
        Assert.Equal(story.Passages[1].Id, story.StartId);
    }
}
