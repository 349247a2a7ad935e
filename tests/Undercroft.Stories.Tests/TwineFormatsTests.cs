namespace Undercroft.Stories.Tests;

/// <summary>Archives, Twine JSON and Twine 1.</summary>
public sealed class TwineFormatsTests
{
    private const string Extwee =
        """
        {"name":"T","tagColors":{"a":"red"},"ifid":"ABCDEFGH","start":"2","formatVersion":"3.3.9","format":"Harlowe",
        "creator":"extwee","creatorVersion":"2.3","zoom":1,"metadata":{"x":"y"},"style":"p {}","script":"f()",
        "passages":[{"name":"One","tags":[],"metadata":{"position":"1,2","z":"w"},"text":"1"},
        {"name":"Two","tags":["t u"],"metadata":{},"text":"2"}]}
        """;

    [Fact]
    public void The_keys_of_Extwee_are_read_kept_and_written_as_the_specification_names_them()
    {
        var read = TwineJsonReader.Read(Make.Bytes(Extwee), "t.json");
        var story = read.Stories[0];

        Assert.Equal(Extwee, Make.Text(TwineJsonWriter.Write(story)));
        Assert.Equal(("3.3.9", "2.3"), (story.FormatVersion, story.CreatorVersion));
        Assert.Equal([new TagColor("a", "red")], story.TagColors);
        Assert.Equal("Two", story.FindStart()!.Name);
        Assert.Equal(3, Make.Codes(read.Report).Count(code => code == "JSON-KEY"));
        Assert.Contains("JSON-START-NUMBER", Make.Codes(read.Report));
        var anew = Make.Text(TwineJsonWriter.Write(story with
        {
            Origin = null,
            Passages = [.. story.Passages.Select(passage => passage with { Source = null })],
        }));
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "twine.json")), anew);
    }

    [Fact]
    public void An_object_of_passages_is_read_by_its_names_and_stays_one()
    {
        const string Text = """
            {"name":"Map","ifid":"A1B2C3D4-2222-4222-8333-944445555666","start":"One","style":null,
            "passages":{"One":{"text":"Go [[Two]]"},"2":{"name":"Two","text":"There"}, "odd": 3}}
            """;
        var read = TwineJsonReader.Read(Make.Bytes(Text), "map.json");
        var story = read.Stories[0];
        var untouched = TwineJsonWriter.Write(story);
        var edited = TwineJsonWriter.Write(story with
        {
            Passages =
            [
                story.Passages[0] with { Body = "Gone" },
                story.Passages[1],
                new Passage { Id = "three", Name = "Three", Body = "New" },
            ],
        });

        Assert.Equal(["One", "Two"], story.Passages.Select(static passage => passage.Name));
        Assert.Equal("One", story.FindStart()!.Name);
        Assert.Equal((Text, true), (Make.Text(untouched), untouched.Report.Lossless));
        Assert.Contains("\"One\":{\"text\":\"Gone\"},\"2\":{", Make.Text(edited), StringComparison.Ordinal);
        Assert.Equal(
            ["One Gone", "Two There", "Three New"],
            TwineJsonReader.Read(edited.Bytes).Stories[0].Passages.Select(static one => $"{one.Name} {one.Body}"));
        Assert.True(edited.Report.Lossless);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("7", "7")]
    [InlineData("\"\"", "[1]")]
    public void What_stands_where_code_belongs_and_is_none_comes_back_as_it_was(string style, string script)
    {
        var text = $$"""{"name":"N","style":{{style}},"script":{{script}},"passages":[{"name":"A","text":"a"}]}""";

        var written = TwineJsonWriter.Write(TwineJsonReader.Read(Make.Bytes(text)).Stories[0]);

        Assert.Equal((text, true), (Make.Text(written), written.Report.Lossless));
    }

    [Fact]
    public void An_edit_of_Twine_JSON_uses_the_keys_that_are_there()
    {
        var story = TwineJsonReader.Read(Make.Bytes(Extwee)).Stories[0];

        var written = TwineJsonWriter.Write(story with { FormatVersion = "4.0.0", TagColors = [] });

        Assert.Equal(
            Extwee.Replace("\"formatVersion\":\"3.3.9\"", "\"formatVersion\":\"4.0.0\"", StringComparison.Ordinal)
                .Replace("\"tagColors\":{\"a\":\"red\"},", "", StringComparison.Ordinal),
            Make.Text(written));
    }

    [Fact]
    public void Further_scripts_are_passages_with_a_tag()
    {
        var story = Make.Story(
            new Passage { Id = "1", Name = "First", Kind = PassageKind.Script, Tags = ["script"], Body = "a" },
            new Passage { Id = "2", Name = "Second", Kind = PassageKind.Script, Tags = ["script", "x"], Body = "b" },
            Make.Passage("Start"));

        var written = TwineJsonWriter.Write(story);

        Assert.Contains("JSON-CODE-TAGGED", Make.Codes(written.Report));
        Assert.Equal(new ConversionVerification(0, 0), written.Report.Verified);
        Assert.True(written.Report.Lossless);
    }

    [Fact]
    public void An_archive_comes_back_byte_for_byte_and_a_page_is_left_out_of_one()
    {
        const string Archive =
            "<!-- mine -->\n<tw-storydata name=\"A\" ifid=\"AAAAAAAA\" hidden></tw-storydata>\n\n"
            + "<tw-storydata name='B'><tw-passagedata pid=1 name=\"Start\">x</tw-passagedata></tw-storydata>\n";
        var page = $"<html><script>engine()</script>{Archive}</html>";

        var read = StoryFormats.Read(Make.Bytes(Archive));
        var stripped = TwineArchiveWriter.Write(StoryFormats.Read(Make.Bytes(page)).Stories);

        Assert.Equal(StoryFormats.TwineArchive, read.Report.From);
        Assert.Equal(Archive, Make.Text(StoryFormats.Write(read.Stories, read.Report.From)));
        Assert.Equal(StoryFormats.TwineArchive, StoryFormats.Detect(stripped.Bytes.Span));
        Assert.Contains("ARCHIVE-PAGE", Make.Codes(stripped.Report));
        Assert.Equal(["A", "B"], TwineArchiveReader.Read(stripped.Bytes).Stories.Select(story => story.Name));
    }

    [Fact]
    public void Twine_1_is_read_with_its_escapes_and_attributes()
    {
        const string Page =
            "<html><!-- Made in Twine 1.4.2 -->\n<div id='storeArea'></div><div id=\"storeArea\" data-size=\"3\">"
            + "<div tiddler=\"Start\" tags=\"a b\" created=\"2017\" modifier=\"twee\" twine-position=\"10,20\">"
            + "One\\n\\ttwo \\s \\x &lt;b&gt;</div><div tiddler=\"StoryTitle\" tags=\"\">Old </div>"
            + "<div tiddler=\"Css\" tags=\"stylesheet\">p {}</div></div></html>";

        var read = StoryFormats.Read(Make.Bytes(Page), "old.html");

        var story = read.Stories[0];
        Assert.Equal(("Old", "Twine", "1.4.2"), (story.Name, story.Creator, story.CreatorVersion));
        var start = story.FindStart()!;
        Assert.Equal("One\n\ttwo \\ \\x <b>", start.Body);
        Assert.Equal(["a", "b"], start.Tags);
        Assert.Equal("10,20", start.Position!.Raw);
        Assert.Equal(["created:2017", "modifier:twee"], start.Fields.Select(field => $"{field.Name}:{field.Value}"));
        Assert.Equal(PassageKind.Stylesheet, story.Passages[1].Kind);
        Assert.Equal(["IFID-MISSING", "TWINE1-PAGE", "TWINE1-TITLE"], Make.Codes(read.Report).Order());
    }

    [Fact]
    public void Obfuscated_passages_are_kept_in_clear_and_pictures_and_settings_never_were()
    {
        const string Page =
            "<div id=\"store-area\"><div tiddler=\"Fgneg\" tags=\"qnex\">Uryyb\\a[[Tb]]\\n</div>"
            + "<div tiddler=\"pic\" tags=\"Twine.image\">data:image/png</div>"
            + "<div tiddler=\"StorySettings\">hash:off\\nObfuscate: rot13</div></div>";

        var read = Twine1Reader.Read(Make.Bytes(Page));

        Assert.Equal(
            [("Start", "Hello\\n[[Go]]\n"), ("pic", "data:image/png"), ("StorySettings", "hash:off\nObfuscate: rot13")],
            read.Stories[0].Passages.Select(passage => (passage.Name, passage.Body)));
        Assert.Equal(["dark"], read.Stories[0].Passages[0].Tags);
        Assert.Contains("TWINE1-ROT13", Make.Codes(read.Report));
    }

    [Fact]
    public void A_hundred_thousand_passages_and_ten_megabytes_in_one_pass_through_every_format()
    {
        var many = Make.Story([.. Enumerable.Range(0, 100_000).Select(i => Make.Passage($"P{i}", $"[[P{i + 1}]]"))]);
        var large = Make.Story(Make.Passage("Start", string.Concat(Enumerable.Repeat("\"a\\b\" <c>\n", 1_000_000))));

        foreach (var story in new[] { many, large })
        {
            foreach (var target in FormatTable.All)
            {
                var written = StoryFormats.Write([story], target.Format, target.Dialect);

                Assert.Equal(0, written.Report.Verified!.Unreported);
            }
        }
    }
}
