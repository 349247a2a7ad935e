using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Damaged files of the formats in JSON and of Twine 1: an error that names a line, or a story that comes back
/// as it was. Never a crash, never a hang.</summary>
public sealed class FormatMutationTests
{
    private const string TwineJson =
        """
        {
          "name": "The Lamp", "ifid": "D674C58C-DEFA-4F70-B7A2-27742230C0FC", "start": "Kitchen",
          "formatVersion": "3.3.9", "format": "Harlowe", "tag-colors": { "room": "green" }, "zoom": 0.25,
          "style": "p { color: red }", "script": "go(\"</script>\")", "n": 1e400,
          "passages": [
            { "name": "Kitchen", "tags": ["room"], "metadata": {"position":"6,4"}, "text": "\u00e9 [[Go->Hall]]\r\n" },
            7,
            { "name": "Hall", "tags": [], "pid": 2, "text": "é \ud83d" }
          ]
        }
        """;

    private const string Whisker =
        """
        {  "format": "whisker",  "formatVersion": "2.0",  "metadata": { "title": "The Lamp", "ifid": "ABCDEFGH" },
          "tags": {"short": true}, "settings": { "startPassage": "hall", "scriptingLanguage": "lua" },
          "variables": { "gold": {"type": "number", "default": 5}, "x": null },
          "scripts": ["function f() end"], "stylesheets": ["p {}"], "editorData": {"tool": {"a": [1, 2]}},
          "passages": [
            { "id": "hall", "name": "Hall", "content": "A “hall”.\n", "position": { "x": 0, "y": -1.5 },
              "choices": [ {"text": "Go", "target_passage": "END", "condition": null} ] },
            { "name": "Attic", "text": "up", "on_enter_script": "f()" }
          ],
          "luaFunctions": {}
        }
        """;

    private const string Map =
        """{"metadata":{"name":"M"},"start_passage":"a","passages":{"a":{"content":"x"}, "b" : {"content":"y"}}}""";

    private const string Twine1 =
        """
        <html><!-- Made in Twine 1.4.2 --><div id="storeArea" data-size="2"><div tiddler="Start" tags="a b"
        created="201712291700" modifier="twee" twine-position="10,10">One\n\ntwo \s\t[[Second]] &lt;b&gt;</div>
        <div tiddler="StorySettings">obfuscate:off</div><div tiddler="StoryTitle">Old</div></div></html>
        """;

    public static TheoryData<string> Samples { get; } = [TwineJson, Whisker, Map, Twine1];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_truncation_is_survived(string sample)
    {
        var bytes = Encoding.UTF8.GetBytes(sample);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Check(bytes[..length], $"Cut at byte {length}.");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_flip_of_a_bit_and_every_nasty_byte_is_survived(string sample)
    {
        var bytes = Encoding.UTF8.GetBytes(sample);
        byte[] nasty = [0, 0xFF, 0xC3, .. "<>\"\n\r\\:[{]},0-"u8];
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in nasty.Concat(Enumerable.Range(0, 8).Select(bit => (byte)(bytes[at] ^ (1 << bit)))))
            {
                var changed = (byte[])bytes.Clone();
                changed[at] = value;

                Check(changed, $"Byte {at} set to 0x{value:x2}.");
            }
        }
    }

    [Fact]
    public void Broken_JSON_names_the_line_what_is_there_and_what_was_expected()
    {
        var broken = Whisker.Replace("\"tags\": {", "\"tags\" {", StringComparison.Ordinal);

        var error = Assert.Throws<StoryFormatException>(() => StoryFormats.Read(Make.Bytes(broken)));

        Assert.Equal(
            "Cannot read 'story' as whisker JSON, line 2: expected ':', found '{\"short\": tr'.", error.Message);
        Assert.Equal(2, error.Line);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Deep_nesting_is_refused_at_once_and_61_levels_are_too_many(string open, string close)
    {
        var deep = $"{{\"format\":\"whisker\",\"x\":{Repeat(open, 1_000_000)}";
        var limit = $"{{\"format\":\"whisker\",\"x\":{Repeat(open, 59)}1{Repeat(close, 59)},\"passages\":[]}}";
        var beyond = $"{{\"format\":\"whisker\",\"x\":{Repeat(open, 60)}1{Repeat(close, 60)},\"passages\":[]}}";

        var error = Assert.Throws<StoryFormatException>(() => WhiskerReader.Read(Make.Bytes(deep)));
        Assert.Contains("fewer than 60 levels of nesting", error.Message, StringComparison.Ordinal);
        _ = Assert.Throws<StoryFormatException>(() => WhiskerReader.Read(Make.Bytes(beyond)));
        var story = WhiskerReader.Read(Make.Bytes(limit)).Stories[0];
        foreach (var target in FormatTable.All)
        {
            Assert.Equal(0, FormatTable.Write(story, target).Report.Verified!.Unreported);
        }
    }

    [Fact]
    public void Repeated_keys_and_ids_are_reported_and_kept_and_huge_numbers_stay_as_they_are()
    {
        const string Text =
            "{\"format\":\"whisker\",\"n\":1,\"n\":123456789012345678901234567890e-400,\"passages\":["
            + "{\"id\":\"a\",\"text\":\"1\",\"text\":\"2\",\"position\":{\"x\":1e999,\"y\":00.5}},{\"id\":\"a\"}]}";
        var valid = Text.Replace("00.5", "0.50", StringComparison.Ordinal);

        var read = WhiskerReader.Read(Make.Bytes(valid));

        _ = Assert.Throws<StoryFormatException>(() => WhiskerReader.Read(Make.Bytes(Text)));
        Assert.Equal(valid, Make.Text(WhiskerWriter.Write(read.Stories[0])));
        Assert.Equal(["2", ""], read.Stories[0].Passages.Select(passage => passage.Body));
        Assert.Equal("1e999,0.50", read.Stories[0].Passages[0].Position!.Raw);
        Assert.Equal(2, Make.Codes(read.Report).Count(code => code == "FIELD-DUPLICATE"));
        Assert.Contains("WHISKER-ID-DUPLICATE", Make.Codes(read.Report));
        var json = TwineJsonWriter.Write(read.Stories[0]);
        Assert.Contains("123456789012345678901234567890e-400", Make.Text(json), StringComparison.Ordinal);
    }

    [Fact]
    public void Halves_of_surrogate_pairs_survive_JSON()
    {
        const string Text =
            "{\"passages\":[{\"name\":\"\\ud800\",\"tags\":[\"\\udc00\"],\"text\":\"x\\ud83d\"}],"
            + "\"style\":\"\\ud83d\"}";
        var story = TwineJsonReader.Read(Make.Bytes(Text)).Stories[0];

        var json = TwineJsonWriter.Write(story with { Origin = null });
        var whisker = WhiskerWriter.Write(story);
        var twee = TweeWriter.Write(story);

        Assert.Equal(new ConversionVerification(0, 0), json.Report.Verified);
        Assert.Equal(0, whisker.Report.Verified!.Differences);
        Assert.Contains("TEXT-SURROGATE", Make.Codes(twee.Report));
        Assert.Equal(0, twee.Report.Verified!.Unreported);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static void Check(byte[] bytes, string change)
    {
        foreach (var format in new[] { StoryFormats.TwineJson, StoryFormats.Whisker, StoryFormats.Twine1Html })
        {
            try
            {
                var read = StoryFormats.Read(bytes, format, "bad");
                if (format == StoryFormats.Twine1Html)
                {
                    continue;
                }

                var written = StoryFormats.Write(read.Stories, format);
                Assert.True(written.Bytes.Span.SequenceEqual(bytes), $"{change} {format}\n{Make.Text(written)}");
                Assert.Equal(0, written.Report.Verified!.Unreported);
            }
            catch (StoryFormatException error)
            {
                Assert.True(error.Line >= 1 && error.Message.Contains("line", StringComparison.Ordinal), error.Message);
            }
        }

        _ = StoryFormats.Examine(bytes).Sentence;
    }
}
