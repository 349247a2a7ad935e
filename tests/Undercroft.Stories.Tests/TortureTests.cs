namespace Undercroft.Stories.Tests;

/// <summary>What other tools lose: each row of the peers' loss table is preserved here, or reported.</summary>
public sealed class TortureTests
{
    private const string ZeroWidth = "a\u200Bb\u200Dc\uFEFFd";

    [Theory]
    [InlineData("back\\slash")]
    [InlineData("[brackets] {braces}")]
    [InlineData("a]b[c}d{e|f->g<-h")]
    [InlineData(" outer space ")]
    [InlineData("\\")]
    [InlineData("ends with \\")]
    [InlineData(ZeroWidth)]
    [InlineData("שלום עולם \u202Eright to left")]
    [InlineData("quote\" & amp; <b>'x'</b>")]
    [InlineData("::")]
    [InlineData("tab\tand   spaces")]
    public void A_name_survives_both_formats(string name)
    {
        var story = Make.Story(Make.Passage(name, "text"));

        var twee = TweeWriter.Write(story);
        var html = TwineHtmlWriter.Write(story);

        Assert.Equal(name, TweeReader.Read(twee.Bytes).Stories[0].Passages[0].Name);
        Assert.Equal(name, TwineHtmlReader.Read(html.Bytes).Stories[0].Passages[0].Name);
        Assert.True(twee.Report.Reversible, Make.Show(twee.Report));
        Assert.True(html.Report.Reversible, Make.Show(html.Report));
    }

    [Fact]
    public void Half_of_a_pair_in_text_that_was_kept_unread_is_replaced_and_reported()
    {
        var kept = new Dictionary<string, string> { [StoryFormats.Twee3] = "{\uDE00" };
        var story = Make.Story(Make.Passage("A") with { Extensions = kept });

        var written = TweeWriter.Write(story);

        Assert.Contains(":: A {\uFFFD\n", Make.Text(written), StringComparison.Ordinal);
        Assert.Contains("TEXT-SURROGATE", Make.Codes(written.Report));
    }

    [Theory]
    [InlineData("::not a header")]
    [InlineData("text\n::not a header\nmore")]
    [InlineData("\\::with a backslash\n\\\\::with two")]
    [InlineData("\\:one colon")]
    [InlineData("  leading and trailing  ")]
    [InlineData("\n\nleading lines")]
    [InlineData("]] </script> </style> </tw-passagedata> </tw-storydata>")]
    [InlineData("<tw-passagedata pid=\"9\" name=\"x\">")]
    [InlineData("windows\r\nlines\r\n\r\nend")]
    [InlineData("&amp;&lt;&#39;&quot;")]
    [InlineData("old\rlines")]
    public void A_body_survives_both_formats(string body)
    {
        var story = Make.Story(Make.Passage("One", body), Make.Passage("Two", body));

        var twee = TweeWriter.Write(story);
        var html = TwineHtmlWriter.Write(story);

        Assert.All(TweeReader.Read(twee.Bytes).Stories[0].Passages, passage => Assert.Equal(body, passage.Body));
        Assert.All(TwineHtmlReader.Read(html.Bytes).Stories[0].Passages, passage => Assert.Equal(body, passage.Body));
        Assert.True(twee.Report.Reversible, Make.Show(twee.Report));
        Assert.True(html.Report.Reversible, Make.Show(html.Report));
    }

    [Fact]
    public void Blank_lines_at_the_end_survive_HTML_and_are_reported_for_Twee()
    {
        var story = Make.Story(Make.Passage("One", "text\n\n"), Make.Passage("Two", "text"));

        var html = TwineHtmlWriter.Write(story);
        var twee = TweeWriter.Write(story);

        Assert.Equal("text\n\n", TwineHtmlReader.Read(html.Bytes).Stories[0].Passages[0].Body);
        var entry = Assert.Single(twee.Report.Entries, entry => entry.Code == "TWEE-TRIM");
        Assert.Equal(("/passages/0/body", "One"), (entry.Pointer, entry.Node));
        Assert.False(twee.Report.Lossless);
        Assert.Equal(new ConversionVerification(1, 0), twee.Report.Verified);
    }

    [Fact]
    public void Both_passages_of_one_name_are_kept_and_reported()
    {
        var read = TweeReader.Read(Make.Bytes(":: Same\nfirst\n\n:: Same\nsecond\n"));
        var html = TwineHtmlReader.Read(TwineHtmlWriter.Write(read.Stories).Bytes);

        Assert.Equal(["first", "second"], read.Stories[0].Passages.Select(passage => passage.Body));
        Assert.Equal(["first", "second"], html.Stories[0].Passages.Select(passage => passage.Body));
        Assert.Equal(2, read.Stories[0].Passages.Select(passage => passage.Id).Distinct().Count());
        Assert.Contains("NAME-DUPLICATE", Make.Codes(read.Report));
    }

    [Fact]
    public void An_IFID_in_small_letters_is_kept_and_reported()
    {
        const string Lower = "d674c58c-defa-4f70-b7a2-27742230c0fc";
        var read = TweeReader.Read(Make.Bytes($$""":: StoryData{{'\n'}}{"ifid":"{{Lower}}"}{{'\n'}}:: Start"""));

        var html = TwineHtmlReader.Read(TwineHtmlWriter.Write(read.Stories).Bytes);

        Assert.Equal(Lower, read.Stories[0].Ifid!.Raw);
        Assert.Equal(Lower, html.Stories[0].Ifid!.Raw);
        Assert.Contains("IFID-INVALID", Make.Codes(read.Report));
    }

    [Fact]
    public void Story_tags_options_and_creator_survive_Twee()
    {
        var story = Make.Story(Make.Passage("Start", "x")) with
        {
            Tags = ["draft", "night"],
            Options = "debug",
            Creator = "Twine",
            CreatorVersion = "2.11.1",
        };

        var twee = TweeWriter.Write(story);

        var back = TweeReader.Read(twee.Bytes).Stories[0];
        Assert.Equal(["draft", "night"], back.Tags);
        Assert.Equal(("debug", "Twine", "2.11.1"), (back.Options, back.Creator, back.CreatorVersion));
        Assert.Contains("TWEE-STORYTAGS", Make.Codes(twee.Report));
        Assert.True(twee.Report.Reversible, Make.Show(twee.Report));
    }

    [Fact]
    public void Extra_metadata_survives_both_formats_nested_or_not()
    {
        var story = Make.Twee(
            ":: Start {\"position\":\"1,2\",\"note\":\"hi\",\"data-x\":\"y\",\"deep\":{\"a\":[1,{\"b\":null}]}}\ntext");

        var html = TwineHtmlWriter.Write(story);
        var twee = TweeWriter.Write(TwineHtmlReader.Read(html.Bytes).Stories[0]);

        StoryField[] expected =
            [new("note", "hi"), new("data-x", "y"), new("deep", "{\"a\":[1,{\"b\":null}]}", IsJson: true)];
        Assert.Equal(expected, TwineHtmlReader.Read(html.Bytes).Stories[0].Passages[0].Fields);
        Assert.Equal(expected, TweeReader.Read(twee.Bytes).Stories[0].Passages[0].Fields);
        Assert.Contains("HTML-FIELDS", Make.Codes(html.Report));
        Assert.Equal((true, 0), (html.Report.Lossless, html.Report.Verified!.Unreported));
    }

    [Fact]
    public void Tag_colours_keep_their_order_in_both_formats_and_strange_ones_are_reported()
    {
        TagColor[] colors = [new("z", "red"), new("a", "#cc3300"), new("m", "blue")];
        var story = Make.Story(Make.Passage("Start", "x")) with { TagColors = colors };

        var html = TwineHtmlWriter.Write(story);
        var twee = TweeWriter.Write(story);

        Assert.Equal(colors, TwineHtmlReader.Read(html.Bytes).Stories[0].TagColors);
        Assert.Equal(colors, TweeReader.Read(twee.Bytes).Stories[0].TagColors);
        Assert.Contains("HTML-COLOR", Make.Codes(html.Report));
    }

    [Fact]
    public void Several_scripts_and_stylesheets_keep_names_tags_and_order()
    {
        var story = Make.Twee(
            """
            :: Start
            text

            :: First [script init] {"position":"1,2"}
            var a = 1

            :: Second [script]
            var b = "</script>"

            :: Look [stylesheet]
            p { color: red }

            :: More [stylesheet]
            b { color: blue }

            """);

        var html = TwineHtmlWriter.Write(story);

        var back = TwineHtmlReader.Read(html.Bytes).Stories[0];
        Assert.Equal(["Look", "More", "First", "Second", "Start"], back.Passages.Select(passage => passage.Name));
        Assert.Equal(["script", "init"], back.Passages[2].Tags);
        Assert.Equal("1,2", back.Passages[2].Position!.Raw);
        Assert.Equal("var b = \"<\\/script>\"", back.Passages[3].Body);
        Assert.Superset(
            new HashSet<string> { "HTML-ORDER", "HTML-SCRIPTS", "HTML-SCRIPT-NAME", "HTML-SCRIPT-CLOSE" },
            Make.Codes(html.Report).ToHashSet());
        Assert.Equal(0, html.Report.Verified!.Unreported);
    }

    [Fact]
    public void Attributes_are_encoded_in_HTML()
    {
        var story = Make.Story(
            Make.Passage("\"><script>alert(1)</script>", "<img onerror=x>") with { Tags = ["a&b", "c\"d"] })
            with { Name = "</tw-storydata><script>" };

        var html = TwineHtmlWriter.Write(story);

        Assert.DoesNotContain("<script>", Make.Text(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<img", Make.Text(html), StringComparison.Ordinal);
        Assert.True(html.Report.Reversible, Make.Show(html.Report));
    }

    [Fact]
    public void StoryData_and_StoryTitle_are_no_passages()
    {
        var story = Make.Twee(":: StoryTitle\nThe Name\n\n:: StoryData\n{\"ifid\":\"ABCDEFGH\"}\n\n:: Start\ntext\n");

        Assert.Equal("The Name", story.Name);
        Assert.Equal("Start", Assert.Single(story.Passages).Name);
    }

    [Fact]
    public void An_empty_file_is_refused_and_a_bare_header_is_a_passage()
    {
        var empty = Assert.Throws<StoryFormatException>(() => TweeReader.Read(Make.Bytes(""), "empty.twee"));
        var bare = Make.Twee(":: Start");

        Assert.Equal(("empty.twee", 1), (empty.File, empty.Line));
        Assert.Contains("'empty.twee', line 1", empty.Message, StringComparison.Ordinal);
        Assert.Equal(("Start", ""), (bare.Passages[0].Name, bare.Passages[0].Body));
        Assert.Equal(":: Start", Make.Text(TweeWriter.Write(bare)));
    }
}
