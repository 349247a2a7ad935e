using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Damaged files: an error that names a line, or a story that comes back as it was. Never a crash, never a
/// hang.</summary>
public sealed class MutationTests
{
    private const string Twee =
        """
        :: StoryTitle
        The Lamp

        :: StoryData
        {
          "ifid": "D674C58C-DEFA-4F70-B7A2-27742230C0FC",
          "format": "Harlowe",
          "start": "Kitchen",
          "tag-colors": { "room": "green" },
          "zoom": 0.5
        }

        :: Kitchen [room dark\]] {"position":"600,400","size":"100,200","extra":{"a":[1]}}
        A lamp stands here — “unlit”.
        \::escaped
        [[Take it->Garden]] [[Back|Kitchen]]

        :: Style [stylesheet]
        p { color: red }

        :: Garden
        The end.

        """;

    private const string Html =
        """
        <!doctype html><html><head><script>var tag = "<tw-storydata name='fake'>";</script></head><body>
        <tw-storydata name="The &quot;Lamp&quot;" startnode="2" ifid="D674C58C-DEFA-4F70-B7A2-27742230C0FC" hidden>
        <style role="stylesheet" id="twine-user-stylesheet" type="text/twine-css">p { color: red }</style>
        <script role="script" id="twine-user-script" type="text/twine-javascript"></script>
        <tw-tag name="room" color="green"></tw-tag>
        <tw-passagedata pid="1" name="Kitchen" tags="room dark">It&#39;s. [[Take it-&gt;Garden]] é</tw-passagedata>
        <tw-passagedata pid="2" name="Garden" data-x='y'>&lt;b&gt;The &#x27;end&#x27;.&lt;/b&gt;</tw-passagedata>
        </tw-storydata><script>engine();</script></body></html>
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_truncation_is_survived(bool twee)
    {
        var bytes = Encoding.UTF8.GetBytes(twee ? Twee : Html);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Check(bytes[..length], twee, $"Cut at byte {length}.");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_flip_of_a_bit_and_every_nasty_byte_is_survived(bool twee)
    {
        var bytes = Encoding.UTF8.GetBytes(twee ? Twee : Html);
        byte[] nasty = [0, 0xFF, 0xC3, .. "<>\"\n\r\\:[{"u8];
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in nasty.Concat(Enumerable.Range(0, 8).Select(bit => (byte)(bytes[at] ^ (1 << bit)))))
            {
                var changed = (byte[])bytes.Clone();
                changed[at] = value;

                Check(changed, twee, $"Byte {at} set to 0x{value:x2}.");
            }
        }
    }

    [Fact]
    public void Samples_of_the_repository_survive_truncation_and_flips()
    {
        foreach (var file in Samples.Files())
        {
            var bytes = File.ReadAllBytes(file);
            var twee = !file.EndsWith(".html", StringComparison.Ordinal);
            for (var at = 0; at < bytes.Length; at += 7)
            {
                var changed = (byte[])bytes.Clone();
                changed[at] ^= (byte)(1 << (at % 8));

                Check(bytes[..at], twee, $"{file} cut at byte {at}.");
                Check(changed, twee, $"{file} flipped at byte {at}.");
            }
        }
    }

    [Fact]
    public void A_truncated_page_is_reported_with_its_line()
    {
        var cut = Html[..Html.IndexOf("</tw-passagedata>", StringComparison.Ordinal)];

        var read = TwineHtmlReader.Read(Encoding.UTF8.GetBytes(cut), "cut.html");

        var entries = read.Report.Entries.Where(entry => entry.Code == "HTML-UNCLOSED").ToArray();
        Assert.Equal(["tw-storydata", "Kitchen"], entries.Select(entry => entry.Node));
        Assert.Equal([2, 6], entries.Select(entry => entry.Line));
        Assert.All(entries, entry => Assert.Equal("cut.html", entry.File));
        Assert.All(entries, entry => Assert.Equal(ConversionOutcome.Dropped, entry.Outcome));
        Assert.False(read.Report.Lossless);
    }

    [Theory]
    [InlineData("<html>\n<div id=\"storeArea\"><div tiddler=\"Start\">a</div>\n", "storeArea", 2)]
    [InlineData("<html><div id=\"storeArea\">\n<div tiddler=\"Start\">a</div></div>", null, 0)]
    public void A_page_of_Twine_1_that_ends_between_passages_is_reported(string page, string? node, int line)
    {
        var report = Twine1Reader.Read(Make.Bytes(page)).Report;

        var entry = report.Entries.SingleOrDefault(entry => entry.Code == "HTML-UNCLOSED");
        Assert.Equal((node, line, node is null), (entry?.Node, entry?.Line ?? 0, report.Lossless));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_read_as_windows_1252_and_reported_with_their_line()
    {
        byte[] file = [.. ":: Start\ncaf"u8, 0xE9, .. " \n"u8, 0x93, .. "quoted"u8, 0x94, 0x81];

        var read = TweeReader.Read(file, "old.twee");

        Assert.Equal("café \n“quoted”\u0081", read.Stories[0].Passages[0].Body);
        var entry = Assert.Single(read.Report.Entries, entry => entry.Code == "TEXT-ENCODING");
        Assert.Equal(2, entry.Line);
        Assert.True(file.AsSpan().SequenceEqual(TweeWriter.Write(read.Stories[0]).Bytes.Span));
    }

    [Fact]
    public void A_windows_1252_story_that_outgrew_its_encoding_becomes_UTF_8_and_says_so()
    {
        byte[] file = [.. ":: Start\ncaf"u8, 0xE9];
        var story = TweeReader.Read(file).Stories[0];

        var written = TweeWriter.Write(story with { Passages = [story.Passages[0] with { Body = "日本" }] });

        Assert.Contains("TEXT-RECODED", Make.Codes(written.Report));
        Assert.Equal(":: Start\n日本", Make.Text(written));
    }

    [Fact]
    public void UTF_16_is_refused_in_one_sentence()
    {
        var error = Assert.Throws<StoryFormatException>(
            () => StoryFormats.Read(
                Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(":: Start")).ToArray(), "a.twee"));

        Assert.Equal("Cannot read 'a.twee', line 1: it is UTF-16; save it as UTF-8.", error.Message);
    }

    [Fact]
    public void NUL_bytes_are_kept_and_reported()
    {
        var read = TweeReader.Read(Make.Bytes(":: Start\na\0b\n"));

        Assert.Equal("a\0b", read.Stories[0].Passages[0].Body);
        Assert.Contains(read.Report.Entries, entry => entry is { Code: "TEXT-CONTROL", Line: 2 });
    }

    [Fact]
    public void Malformed_JSON_is_reported_kept_and_passed_over()
    {
        const string Text =
            ":: StoryData\n{ \"ifid\": oops }\n\n:: A {\"position\": }\none\n\n:: B {\"x\":\"\\ud800\"}\ntwo\n";

        var read = TweeReader.Read(Make.Bytes(Text));

        Assert.Equal(["one", "two"], read.Stories[0].Passages.Select(passage => passage.Body));
        Assert.Equal([("TWEE-STORYDATA", 1), ("TWEE-METADATA", 4), ("TWEE-METADATA", 7)], read.Report.Entries
            .Where(entry => entry.Outcome == ConversionOutcome.KeptOpaque)
            .Select(entry => (entry.Code, entry.Line!.Value)));
        Assert.Equal(Text, Make.Text(TweeWriter.Write(read.Stories[0])));
        var html = TwineHtmlReader.Read(TwineHtmlWriter.Write(read.Stories).Bytes);
        Assert.Equal("{\"position\": }", html.Stories[0].Passages[0].Extensions[StoryFormats.Twee3]);
        Assert.Equal("{ \"ifid\": oops }", html.Stories[0].Extensions[StoryFormats.Twee3]);
    }

    [Fact]
    public void A_report_is_bounded_and_says_when_it_is_full()
    {
        var report = TweeReader.Read(Make.Bytes(string.Concat(Enumerable.Repeat("::\n", 30_000)))).Report;

        Assert.Equal(ConversionReport.EntriesMax, report.Entries.Count);
        Assert.Equal("REPORT-FULL", report.Entries[^1].Code);
    }

    private static void Check(byte[] bytes, bool twee, string change)
    {
        if (Fault(bytes, twee) is { } fault)
        {
            Assert.Fail(change + fault);
        }
    }

    /// <summary>What is wrong with reading and writing bytes; null where they come back, or an error names a
    /// line.</summary>
    internal static string? Fault(byte[] bytes, bool twee)
    {
        try
        {
            var written = twee
                ? TweeWriter.Write(TweeReader.Read(bytes, "bad").Stories[0])
                : TwineHtmlWriter.Write(TwineHtmlReader.Read(bytes, "bad").Stories);
            return written.Bytes.Span.SequenceEqual(bytes)
                && written.Report.Verified is { Differences: 0, Unreported: 0 }
                ? null
                : $"\n{Make.Show(written.Report)}\n{Encoding.UTF8.GetString(bytes)}\n became \n{Make.Text(written)}";
        }
        catch (StoryFormatException error)
        {
            return error.Line >= 1 && error.Message.Contains("line", StringComparison.Ordinal) ? null : error.Message;
        }
    }
}
