namespace Undercroft.Stories.Tests;

public sealed class StoryStatisticsTests
{
    [Fact]
    public void A_story_is_counted()
    {
        var story = Make.Twee(
            """
            :: StoryData
            {"format":"SugarCube","start":"Hall"}

            :: Hall
            Two words. [[Attic]] [[Nowhere]] <<goto $next>>

            :: Attic
            <<include "Note">>

            :: Note
            The end?

            :: Lost
            [[Hall]]

            :: StoryCaption
            [[Help]]

            :: Help
            é😀

            :: Code [script]
            // not counted

            """);

        var statistics = StoryStatistics.Of(story);

        Assert.Equal((6, 1, 0), (statistics.Passages, statistics.Scripts, statistics.Stylesheets));
        Assert.Equal((6, 1), (statistics.Links, statistics.DynamicLinks));
        Assert.Equal([new BrokenLink(story.Passages[0].Id, "Hall", "Nowhere", 1)], statistics.BrokenLinks);
        Assert.Equal(["Lost"], statistics.Unreachable);
        Assert.Equal(["Attic", "Help"], statistics.DeadEnds);
        Assert.Equal(
            story.Passages.Take(6).Sum(passage => passage.Body.EnumerateRunes().Count()), statistics.Characters);
    }

    [Fact]
    public void Macros_make_passages_reachable_that_brackets_alone_would_not()
    {
        var story = Make.Twee(
            ":: StoryData\n{\"format\":\"Harlowe\"}\n\n:: Start\n(link-goto: \"on\", \"Middle\")\n\n"
            + ":: Middle\n(goto: (either: \"End\", \"Start\"))\n\n:: End\nBye.\n\n"
            + ":: Head [header]\n[[Shop]]\n\n:: Shop\n");

        var statistics = StoryStatistics.Of(story);

        Assert.Empty(statistics.Unreachable);
        Assert.Equal(["End", "Shop"], statistics.DeadEnds);
    }

    [Fact]
    public void Without_a_start_nothing_is_called_unreachable() =>
        Assert.Empty(StoryStatistics.Of(Make.Story(Make.Passage("A"), Make.Passage("B"))).Unreachable);

    [Fact]
    public void Passages_that_include_each_other_without_end_are_no_trouble()
    {
        var passages = Enumerable.Range(0, 5000)
            .Select(i => Make.Passage($"{i}", $"(display: \"{(i + 1) % 5000}\")")).ToArray();
        var story = Make.Story(passages) with { Format = "Harlowe", StartId = "id-0" };

        var statistics = StoryStatistics.Of(story);

        Assert.Equal((5000, 0), (statistics.Links, statistics.Unreachable.Count));
        Assert.Equal(["0"], statistics.DeadEnds);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("one two\nthree", 3)]
    [InlineData("can't stop 3.14 or 1,000", 5)]
    [InlineData("'quoted' \"words\" – dash…", 3)]
    [InlineData("well-known e\u0301te\u0301 naïve", 4)]
    [InlineData("snake_case $var_1", 2)]
    [InlineData("日本語", 3)]
    [InlineData("カタカナ ひらがな", 5)]
    [InlineData("שלום עולם мир", 3)]
    [InlineData("a.b a:b 1:2 a,b", 6)]
    [InlineData("😀 ... !!", 0)]
    public void Words_are_those_of_Unicode(string text, int words) =>
        Assert.Equal(words, WordCounter.Count(text));

    [Fact]
    public void Words_of_ASCII_at_random_are_counted_as_beside_other_characters()
    {
        for (var round = 0; round < 2000; round++)
        {
            var random = new Random(Seeds.Current + round);
            var text = new string(random.GetItems<char>("aZ09 \n'.:,;_-@[`{/", random.Next(150)));

            // A dash is no part of a word; with it the text is not ASCII.
            Assert.True(WordCounter.Count(text) == WordCounter.Count(text + "–"), $"{Seeds.Replay(round)} {text}");
        }
    }
}
