namespace Undercroft.Stories.Tests;

public sealed class WhiskerTests
{
    private const string Compact =
        """
        {  "format": "whisker",  "formatVersion": "2.0",
          "metadata": { "title": "The Cave", "ifid": "CAVE-0001", "author": "A" },
          "passages": [
            { "id": "mouth", "name": "Mouth", "pid": "p1", "text": "Dark.",
              "choices": [ {"target": "hall", "text": "In"}, {"target": "END", "text": "Leave"} ], "metadata": {} },
            { "id": "hall", "name": "Hall", "pid": "p2", "text": "Light. [[Out->mouth]]" }
          ],
          "variables": [ {"name": "gold", "type": "number", "initial": 5} ],
          "settings": { "startPassage": "mouth", "theme": "default" }}
        """;

    [Fact]
    public void A_story_of_whisker_is_read_as_it_is()
    {
        var story = WhiskerReader.Read(Make.Bytes(Compact), "cave.whisker").Stories[0];

        Assert.Equal(("The Cave", "CAVE-0001"), (story.Name, story.Ifid!.Raw));
        Assert.Equal("Mouth", story.FindStart()!.Name);
        Assert.Equal(["Dark.", "Light. [[Out->mouth]]"], story.Passages.Select(passage => passage.Body));
        Assert.Equal(["id", "pid", "choices", "metadata"], story.Passages[0].Fields.Select(field => field.Name));
        Assert.Equal(
            ["metadata:{\"author\":\"A\"}", "settings:{\"theme\":\"default\"}"],
            story.Fields.Where(field => field.Name is "metadata" or "settings")
                .Select(field => $"{field.Name}:{field.Value}").Order());
        var statistics = StoryStatistics.Of(story);
        Assert.Equal((2, 0, 0), (statistics.Links, statistics.BrokenLinks.Count, statistics.Unreachable.Count));
    }

    [Theory]
    [InlineData(WhiskerDialect.Version09)]
    [InlineData(WhiskerDialect.Version10)]
    [InlineData(WhiskerDialect.Compact20)]
    [InlineData(WhiskerDialect.Typed20)]
    [InlineData(WhiskerDialect.Version21)]
    public void Every_dialect_is_pinned_and_reads_back(WhiskerDialect dialect)
    {
        var story = WhiskerReader.Read(Make.Bytes(Compact)).Stories[0];

        var written = WhiskerWriter.Write(story, dialect);

        Assert.Equal(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"whisker-{dialect}.json")),
            Make.Text(written));
        Assert.Equal(new ConversionVerification(0, 0), written.Report.Verified);
        Assert.Contains("WHISKER-DIALECT", Make.Codes(written.Report));
    }

    [Fact]
    public void What_is_said_twice_comes_back_as_it_was_and_an_edit_changes_the_one_that_counts()
    {
        const string Text = """
            {"format":"whisker","metadata":{"title":"T"},"startPassage":"a","start_passage":"b","start":"c",
            "passages":[{"id":"a","name":"A","title":"Other","text":"one","content":"two"},
            {"id":"b","name":"B","text":"b"}]}
            """;
        var story = WhiskerReader.Read(Make.Bytes(Text)).Stories[0];

        var untouched = WhiskerWriter.Write(story);
        var edited = WhiskerWriter.Write(story with
        {
            StartId = story.Passages[1].Id,
            Passages = [story.Passages[0] with { Body = "new", Name = "Anew" }, story.Passages[1]],
        });

        Assert.Equal((Text, true), (Make.Text(untouched), untouched.Report.Lossless));
        Assert.Equal(
            Text.Replace("\"one\"", "\"new\"", StringComparison.Ordinal)
                .Replace("\"name\":\"A\"", "\"name\":\"Anew\"", StringComparison.Ordinal)
                .Replace("\"startPassage\":\"a\"", "\"startPassage\":\"b\"", StringComparison.Ordinal),
            Make.Text(edited));
    }

    [Theory]
    [InlineData("""{"metadata":{"title":null,"name":"My Tale"},"passages":[{"id":"p1","name":"One","text":"t"}]}""")]
    [InlineData("""
        {"metadata":{"title":"My Tale"},"settings":{"startPassage":null},"start_passage":"p1",
        "passages":[{"id":"p1","name":"One","text":"t"}]}
        """)]
    public void No_dialect_says_a_member_twice(string text)
    {
        var story = WhiskerReader.Read(Make.Bytes(text)).Stories[0];

        foreach (var dialect in Enum.GetValues<WhiskerDialect>())
        {
            var written = WhiskerWriter.Write(story, dialect);
            var read = WhiskerReader.Read(written.Bytes);

            Assert.DoesNotContain("FIELD-DUPLICATE", Make.Codes(read.Report));
            Assert.DoesNotContain("VERIFY-UNREPORTED", Make.Codes(written.Report));
            Assert.Equal(("My Tale", story.StartId is null), (read.Stories[0].Name, read.Stories[0].StartId is null));
        }
    }

    [Fact]
    public void An_edit_changes_what_was_edited_and_nothing_else()
    {
        var story = WhiskerReader.Read(Make.Bytes(Compact)).Stories[0];

        var written = WhiskerWriter.Write(story with
        {
            Name = "A Cave",
            Passages =
            [
                story.Passages[0] with { Body = "Very dark.", Position = new PassagePoint("1,2.50") },
                story.Passages[1],
            ],
        });

        Assert.Equal(
            Compact.Replace("The Cave", "A Cave", StringComparison.Ordinal)
                .Replace("Dark.", "Very dark.", StringComparison.Ordinal)
                .Replace(
                    "\"metadata\": {} }",
                    "\"metadata\": {}, \"position\": {\"x\":1,\"y\":2.50} }",
                    StringComparison.Ordinal),
            Make.Text(written));
    }

    [Fact]
    public void Passages_are_added_moved_and_removed_in_the_layout_of_the_file()
    {
        var story = WhiskerReader.Read(Make.Bytes(Compact)).Stories[0];
        var fresh = Make.Passage("Attic", "Dust.");

        var written = WhiskerWriter.Write(story with { Passages = [story.Passages[1], fresh] });
        var none = WhiskerWriter.Write(story with { Passages = [] });

        Assert.Equal(0, written.Report.Verified!.Unreported);
        Assert.Equal(
            ["Hall", "Attic"],
            WhiskerReader.Read(written.Bytes).Stories[0].Passages.Select(passage => passage.Name));
        Assert.Contains("\"id\": \"Attic\"", Make.Text(written), StringComparison.Ordinal);
        Assert.Empty(WhiskerReader.Read(none.Bytes).Stories[0].Passages);
    }

    [Fact]
    public void Choices_become_links_and_choices_again()
    {
        var story = WhiskerReader.Read(Make.Bytes(Compact)).Stories[0];

        var twee = TweeWriter.Write(story);
        var back = WhiskerWriter.Write(TweeReader.Read(twee.Bytes).Stories[0]);

        Assert.Contains("Dark.\n\n[[In->Hall]]\n[[Leave->END]]\n", Make.Text(twee), StringComparison.Ordinal);
        Assert.Equal(
            ["WHISKER-LINK-ID", "WHISKER-TARGET", "WHISKER-VARIABLES"],
            twee.Report.Entries.Where(entry => entry.Severity != ConversionSeverity.Info).Select(entry => entry.Code)
                .Order());
        var again = WhiskerReader.Read(back.Bytes).Stories[0];
        Assert.Equal("Dark.", again.Passages[0].Body);
        Assert.Equal(story.Passages[0].Fields[2], again.Passages[0].Fields.Single(field => field.Name == "choices"));
    }

    [Fact]
    public void Links_that_were_edited_in_Twine_stay_in_the_text_and_the_old_choices_stay_data()
    {
        var twee = Make.Text(TweeWriter.Write(WhiskerReader.Read(Make.Bytes(Compact)).Stories[0]));
        var edited = Make.Twee(twee.Replace("[[In->Hall]]", "[[Enter->Hall]]", StringComparison.Ordinal));

        var written = WhiskerWriter.Write(edited);

        Assert.Contains("WHISKER-EDITED", Make.Codes(written.Report));
        Assert.Contains("Dark.\\n\\n[[Enter->Hall]]\\n[[Leave->END]]", Make.Text(written), StringComparison.Ordinal);
        Assert.Contains("whisker-choices", Make.Text(written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Text.\n\n[[A]]\n[[go->B]]", "Text.")]
    [InlineData("[[A]]", "")]
    [InlineData("Text.\n[[A]]", null)]
    [InlineData("See [[B]].\n\n[[A]]", null)]
    [InlineData("Text.\n\n[[A|B]]", null)]
    [InlineData("Text.\n\n[[A]]\n", null)]
    [InlineData("\n\n[[A]]", null)]
    [InlineData("Text.\n\n[[]]", null)]
    [InlineData("Text.\n\n[[http://a.b/]]", null)]
    public void Links_at_the_end_become_choices_where_the_way_back_is_exact(string body, string? rest)
    {
        var story = Make.Story(Make.Passage("A", body), Make.Passage("B"));

        var written = WhiskerWriter.Write(story);
        var back = TwineJsonReader.Read(TwineJsonWriter.Write(WhiskerReader.Read(written.Bytes).Stories[0]).Bytes);

        Assert.Equal(rest ?? body, WhiskerReader.Read(written.Bytes).Stories[0].Passages[0].Body);
        Assert.Equal(body, back.Stories[0].Passages[0].Body);
        Assert.Equal(rest is not null, Make.Codes(written.Report).Contains("WHISKER-LINKS"));
    }

    [Fact]
    public void Plain_variables_lose_what_their_value_does_not_say_and_the_report_says_which()
    {
        const string Text =
            "{\"format\":\"whisker\",\"variables\":{\"a\":{\"type\":\"number\",\"default\":1},"
            + "\"b\":{\"type\":\"date\",\"default\":\"x\",\"scope\":\"temp\"}},\"passages\":[]}";

        var written = WhiskerWriter.Write(WhiskerReader.Read(Make.Bytes(Text)).Stories[0], WhiskerDialect.Version10);

        var loss = Assert.Single(written.Report.Entries, entry => entry.Code == "WHISKER-VARIABLE-TYPE");
        Assert.StartsWith("b: date", loss.Before, StringComparison.Ordinal);
        Assert.False(written.Report.Lossless);
    }

    [Fact]
    public void Lua_stays_data_and_JavaScript_is_a_script()
    {
        const string Lua = "{\"format\":\"whisker\",\"scripts\":[\"function f() end\"],\"passages\":[]}";
        const string Js =
            "{\"format\":\"whisker\",\"settings\":{\"scriptingLanguage\":\"javascript\"},\"scripts\":[\"f()\"],"
            + "\"stylesheets\":[\"p {}\"],\"passages\":[]}";

        var lua = WhiskerReader.Read(Make.Bytes(Lua)).Stories[0];
        var js = WhiskerReader.Read(Make.Bytes(Js)).Stories[0];

        Assert.Empty(lua.Passages);
        Assert.Contains("WHISKER-LOGIC", Make.Codes(TwineHtmlWriter.Write(lua).Report));
        Assert.Equal([PassageKind.Stylesheet, PassageKind.Script], js.Passages.Select(passage => passage.Kind));
        Assert.Equal(Js, Make.Text(WhiskerWriter.Write(js)));
    }
}
