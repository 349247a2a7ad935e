using System.Text.Json;

namespace Undercroft.Stories.Tests;

/// <summary>Summaries and what a story says of itself are read in a fast way of our own: it must read what the general
/// way reads, and leave to it what it is not sure of.</summary>
public sealed class StoryHeadTests
{
    private static readonly StorySummary Plain = new()
    {
        Id = "x",
        Name = "The \"gold\"\n",
        NameKey = "the \"gold\"\n",
        Format = "Harlowe",
        FormatVersion = "3.3.9",
        Tags = ["a", "ä"],
        Passages = 36,
        Words = 6300,
        Bytes = 38_576,
    };

    private static readonly StorySummary Full = Plain with
    {
        Ifid = "D674C58C-DEFA-4F70-B7A2-27742230C0FC",
        SourceFormat = "twine-html",
        File = "Gold.html",
        FileKey = "gold.html",
        Tags = [],
        HasParts = true,
        Page = "00ff",
    };

    private static readonly Story Head = new()
    {
        Id = "x",
        Name = "The \"gold\"\n",
        Format = "Harlowe",
        FormatVersion = "3.3.9",
        StartId = "p0",
        Tags = ["a", "ä"],
        Fields = [new StoryField("a", "b")],
        Extensions = new Dictionary<string, string> { ["c"] = "d" },
    };

    [Fact]
    public void A_summary_is_read_as_it_was_written_with_all_it_may_hold_and_with_the_least()
    {
        StorySummary[] all = [Plain, Full, new StorySummary { Id = "x" }];
        foreach (var summary in all)
        {
            var json = Write(summary);

            var read = StoryHead.ReadSummary(json);

            Assert.NotNull(read);
            Assert.Equal(json, Write(read));
        }
    }

    [Fact]
    public void A_summary_that_is_long_is_left_to_the_general_way()
    {
        Assert.Null(StoryHead.ReadSummary(Write(Plain with { Name = new string('n', 2000) })));
    }

    [Fact]
    public void Every_single_damage_of_a_summary_is_read_as_the_general_way_reads_it_or_left_to_it()
    {
        foreach (var written in new[] { Write(Plain), Write(Full) })
        {
            foreach (var damage in "\0 \"\\{}[],:xtu0-1.9\u007fé"u8.ToArray())
            {
                for (var at = 0; at < written.Length; at++)
                {
                    var damaged = (byte[])written.Clone();
                    damaged[at] = damage;

                    if (StoryHead.ReadSummary(damaged) is { } read)
                    {
                        var expected = JsonSerializer.Deserialize(damaged, StoryJsonForm.Context.StorySummary)!;
                        Assert.Equal(Write(expected), Write(read));
                    }
                }
            }

            for (var length = 0; length < written.Length; length++)
            {
                Assert.Null(StoryHead.ReadSummary(written.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void What_a_story_says_of_itself_is_read_as_it_was_written()
    {
        Story[] all = [Head, new Story { Id = "x" }];
        foreach (var story in all)
        {
            var json = StoryJson.Write(story);
            var text = new PassageText(json, new char[json.Length]);

            var read = StoryHead.Take(ref text);

            Assert.NotNull(read);
            Assert.True(text.IsAtEnd);
            Assert.Equal(json, StoryJson.Write(read));
        }
    }

    [Fact]
    public void A_story_that_says_more_is_left_to_the_general_way()
    {
        var story = Head with { Zoom = "1", TagColors = [new TagColor("a", "red")] };
        var json = StoryJson.Write(story);
        var text = new PassageText(json, new char[json.Length]);

        Assert.Null(StoryHead.Take(ref text));

        var contents = StoryBody.Of(story with { Passages = [Make.Passage("p", "b")] }).Contents!;
        var read = LibraryCollections.Contents.Codec.Decode(new RecordKey("story-contents", "x"), contents.Written);
        Assert.Equal(("1", "red"), (read.Story.Zoom, read.Story.TagColors[0].Color));
    }

    private static byte[] Write(StorySummary summary) =>
        JsonSerializer.SerializeToUtf8Bytes(summary, StoryJsonForm.Context.StorySummary);
}
