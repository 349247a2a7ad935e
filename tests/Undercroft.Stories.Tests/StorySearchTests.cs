namespace Undercroft.Stories.Tests;

public sealed class StorySearchTests
{
    [Fact]
    public void A_text_is_found_everywhere_whatever_its_case()
    {
        var story = Make.Story(
            Make.Passage("The Lamp", "no\nlamp and LAMP\r\nLaMp") with { Tags = ["x", "lamplight"] },
            Make.Passage("Other", "nothing")) with
        {
            Name = "LAMPS",
            Tags = ["old lamp"],
        };

        var hits = StorySearch.Find(story, "lamp").ToArray();

        Assert.Equal(
            [
                (StorySearchPlace.Title, null, null, "LAMPS", 0),
                (StorySearchPlace.StoryTag, null, null, "old lamp", 4),
                (StorySearchPlace.PassageName, "The Lamp", null, "The Lamp", 4),
                (StorySearchPlace.PassageTag, "The Lamp", null, "lamplight", 0),
                (StorySearchPlace.Body, "The Lamp", 2, "lamp and LAMP", 0),
                (StorySearchPlace.Body, "The Lamp", (int?)3, "LaMp", 0),
            ],
            hits.Select(hit => (hit.Place, hit.PassageName, hit.Line, hit.Excerpt, hit.Start)));
    }

    [Theory]
    [InlineData("ÄÖÜ", "x äöü y", 2)]
    [InlineData("ПРИВЕТ", "привет", 0)]
    [InlineData(".*", "a.*b", 1)]
    [InlineData("<b>", "<B>bold", 0)]
    public void Letters_of_every_script_are_compared_and_nothing_is_a_pattern(string text, string body, int start)
    {
        var hit = Assert.Single(StorySearch.Find(Make.Passage("P", body), text));

        Assert.Equal((start, text.Length), (hit.Start, hit.Length));
    }

    [Fact]
    public void A_long_line_is_cut_around_the_hit()
    {
        var body = new string('a', 5000) + "needle" + new string('b', 5000);

        var hit = Assert.Single(StorySearch.Find(Make.Passage("P", body), "NEEDLE"));

        Assert.InRange(hit.Excerpt.Length, 20, 200);
        Assert.Equal("needle", hit.Excerpt.Substring(hit.Start, hit.Length));
    }

    [Fact]
    public void An_empty_text_is_refused_at_once() =>
        Assert.Throws<ArgumentException>(() => StorySearch.Find(Make.Story(), ""));
}
