using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Four times the input may cost about four times the memory, whatever the input is.</summary>
/// <remarks>
/// Bytes allocated are counted instead of time: they do not depend on what else the machine does. That no search runs
/// over the same text again and again is held by sizes at which a quadratic reader would not end within the test run.
/// </remarks>
public sealed class LinearTests
{
    private const int Small = 5_000;

    private static readonly string[] Prefixes =
    [
        ":: Start\n", "<tw-storydata name=\"x\">", "<tw-storydata><tw-passagedata name=\"x\">",
        "<div id=\"storeArea\"><div tiddler=\"x\">",
    ];

    public static TheoryData<string> Patterns { get; } =
    [
        ":: A\n", "::\n", "::", ":", "\\::", "\n\\\\::x\n", ":: A [t] {\"position\":\"1,2\"}\ntext [[B]]\n\n",
        ":: A {\n", ":: [\n",
        "<tw-storydata>", "<tw-storydata name=\"", "<tw-passagedata pid=\"1\" name=\"", "<tw-passagedata>",
        "<tw-passagedata>x<",
        "</tw-passagedata", "<script>", "<script>'</tw-storydata>", "<style><script>", "<!--", "<", "&", "&#",
        "&amp;", "a=1 ",
        "[[", "[[a]]", "[[[", "(goto:", "(goto:\"", "(display: \"x\")", "<<goto \"", "<<goto x>>", "<<link [[",
        "[img[", "{embed passage:",
        "/*", "{{{", "\"\"\"", "`", "``x", "'\\'", "[note]\n", "--\n", "story.show(", "data-passage=", "\r", "\r\n",
        "\0", "é", "'", "<div tiddler=\"x\">", "</div>", "\\n",
    ];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Reading_writing_and_counting_grow_with_the_size(string pattern)
    {
        foreach (var prefix in Prefixes)
        {
            _ = Work(prefix, pattern, 200);

            var small = Work(prefix, pattern, Small);
            var large = Work(prefix, pattern, 4 * Small);

            Assert.True(large < (6 * small) + 2_000_000, $"{prefix}{pattern}…: {small:n0} bytes, then {large:n0}.");
        }
    }

    [Theory]
    [InlineData("{\"passages\":[", "{\"text\":\"a\",\"id\":\"b\"},", "{}]}")]
    [InlineData("{\"passages\":{", "\"a\":{\"content\":\"a\"},", "\"b\":{}}}")]
    [InlineData("{\"passages\":[", "1,", "1]}")]
    [InlineData("{\"passages\":[{\"text\":\"", "[[a]]\\n", "\"}]}")]
    [InlineData("{\"passages\":[{\"text\":\"", "\\ud800", "\"}]}")]
    [InlineData(
        "{\"passages\":[{\"choices\":[", "{\"text\":\"a\",\"target\":\"b\"},", "{\"text\":\"\",\"target\":\"\"}]}]}")]
    [InlineData("{\"passages\":[{", "\"a\":1,", "\"b\":1}]}")]
    [InlineData("{\"passages\":[],\"metadata\":{", "\"a\":[],", "\"b\":1}}")]
    [InlineData(
        "{\"passages\":[],\"variables\":[", "{\"name\":\"a\",\"initial\":1},", "{\"name\":\"b\",\"initial\":1}]}")]
    [InlineData("{\"passages\":[],\"scripts\":[", "\"a\",", "\"\"],\"settings\":{\"scriptingLanguage\":\"js\"}}")]
    [InlineData("{\"passages\":[]", "\n", "}")]
    public void Formats_in_JSON_grow_with_the_size(string before, string pattern, string after)
    {
        foreach (var format in new[] { StoryFormats.TwineJson, StoryFormats.Whisker })
        {
            _ = Json(200);

            var small = Json(Small);
            var large = Json(4 * Small);

            Assert.True(large < (6 * small) + 2_000_000, $"{format} {pattern}: {small:n0} bytes, then {large:n0}.");

            long Json(int repeat)
            {
                var bytes = Make.Bytes(before + string.Concat(Enumerable.Repeat(pattern, repeat)) + after);
                var start = GC.GetAllocatedBytesForCurrentThread();
                var story = StoryFormats.Read(bytes, format, "x").Stories[0];
                _ = StoryStatistics.Of(story);
                foreach (var target in FormatTable.All)
                {
                    _ = FormatTable.Write(story with { Name = "changed" }, target);
                }

                return GC.GetAllocatedBytesForCurrentThread() - start;
            }
        }
    }

    [Fact]
    public void Ten_megabytes_on_one_line_are_read_written_and_searched()
    {
        var text = ":: Start\n" + string.Concat(Enumerable.Repeat("[[a]] (goto: \"b\") :: ", 500_000));

        var story = Make.Twee(text);
        var statistics = StoryStatistics.Of(story with { Format = "Harlowe" });

        Assert.Equal(text, Make.Text(TweeWriter.Write(story, verify: false)));
        Assert.Equal(1_000_000, statistics.Links);
        Assert.Single(StorySearch.Find(story, "GOTO"));
    }

    private static long Work(string prefix, string pattern, int repeat)
    {
        var bytes = Encoding.UTF8.GetBytes(prefix + string.Concat(Enumerable.Repeat(pattern, repeat)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var read = StoryFormats.Read(bytes);
            foreach (var dialect in Enum.GetNames<StoryDialect>())
            {
                _ = StoryStatistics.Of(read.Stories[0] with { Format = dialect });
            }

            var isWritten = StoryFormats.Writable.Contains(read.Report.From);
            _ = StoryFormats.Write(read.Stories, isWritten ? read.Report.From : StoryFormats.TwineJson);
        }
        catch (StoryFormatException)
        {
            // Refused is an answer too; what counts here is what it cost.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
