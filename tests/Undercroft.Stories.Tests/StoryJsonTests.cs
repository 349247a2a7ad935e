using System.Text;

namespace Undercroft.Stories.Tests;

public sealed class StoryJsonTests
{
    [Fact]
    public void The_form_is_pinned()
    {
        var story = Make.Twee(
            ":: StoryTitle\nLämp\n\n:: StoryData\n"
            + "{\"ifid\":\"ABCDEFGH\",\"format\":\"Harlowe\",\"start\":\"A\",\"tags\":[\"draft\"],\"zoom\":0.5,\"n\":1,"
            + "\"tag-colors\":{\"x\":\"red\"}}\n\n:: A [t] {\"position\":\"1.5,2\"}\n<b>\n\n:: S [script]\ns {bad\n");
        story = story with { Origin = story.Origin! with { Sha256 = "…" } };

        var json = Encoding.UTF8.GetString(StoryJson.Write(story));

        Assert.Equal(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "story-v1.json")).TrimEnd(), json);
    }

    [Fact]
    public void A_story_comes_back_whole()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < 300; round++)
        {
            var bytes = TweeWriter.Write(generator.Story(), verify: false).Bytes;
            var story = TweeReader.Read(bytes).Stories[0];

            var back = StoryJson.Read(StoryJson.Write(story));

            Assert.Empty(StoryComparer.Compare(story, back));
            Assert.True(
                bytes.Span.SequenceEqual(TweeWriter.Write(back, verify: false).Bytes.Span), Seeds.Replay(round));
        }
    }

    [Theory]
    [InlineData("{\"schema\":2,\"id\":\"x\"}",
        "Cannot read a story from JSON, line 1: found schema 2, expected 1; update Undercroft.")]
    [InlineData("null", "Cannot read a story from JSON, line 1: found null.")]
    [InlineData("{\n\"name\":\"x\"}", null)]
    [InlineData("{\"id\":\"x\",\"id\":\"y\"}", null)]
    [InlineData("{\"id\":\"x\",\n\"passages\":7}",
        "Cannot read a story from JSON, line 2: at '$.passages' it is not what a story holds.")]
    public void What_is_no_story_is_refused(string json, string? message)
    {
        var error = Assert.Throws<StoryFormatException>(() => StoryJson.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(message ?? error.Message, error.Message);
        Assert.StartsWith("Cannot read a story from JSON, line ", error.Message, StringComparison.Ordinal);
    }
}
