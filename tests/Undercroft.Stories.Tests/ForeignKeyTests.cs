namespace Undercroft.Stories.Tests;

/// <summary>Keys of ours that a file has as its own: data like any other, and where ours must stand there, a loss that
/// is announced.</summary>
public sealed class ForeignKeyTests
{
    private const string Whisker =
        """
        {"format":"whisker","formatVersion":"2.0","metadata":{"title":"Cave"},"settings":{"startPassage":"a"},
        "passages":[{"id":"a","name":"Mouth","text":"Dark.","whisker-choices":"mine",
        "choices":[{"text":"In","target":"b","condition":"light"}]},
        {"id":"b","name":"Hall","text":"Light.","whisker-choices":{"links":"x","choices":[]},
        "choices":[{"text":"Out","target":"a","condition":"dark"}]},
        {"id":"c","name":"Plain","text":"Still.","whisker-choices":7,"choices":[{"text":"Back","target":"a"}]}]}
        """;

    private const string TwineJson =
        """
        {"name":"Tide","ifid":"A1B2C3D4-1111-4222-8333-944445555666","format":"Harlowe","undercroft":{"mine":1},
        "passages":[{"name":"Start","pid":"1","text":"Hi","whisker-choices":"own","undercroft":3}]}
        """;

    [Theory]
    [InlineData(StoryFormats.Twee3)]
    [InlineData(StoryFormats.TwineHtml)]
    [InlineData(StoryFormats.TwineArchive)]
    [InlineData(StoryFormats.TwineJson)]
    public void Choices_are_kept_beside_a_key_of_that_name_and_come_back(string format)
    {
        var story = StoryFormats.Read(Make.Bytes(Whisker)).Stories[0];

        var written = StoryFormats.Write([story], format);
        var back = StoryFormats.Write([StoryFormats.Read(written.Bytes).Stories[0]], StoryFormats.Whisker);
        var again = StoryFormats.Read(back.Bytes).Stories[0];

        Assert.DoesNotContain("FIELD-DUPLICATE", Make.Codes(written.Report));
        Assert.Equal(0, written.Report.Verified!.Unreported);
        Assert.Equal(0, back.Report.Verified!.Unreported);
        Assert.Equal(
            story.Passages.Select(static one => (one.Body, Fields(one))),
            again.Passages.Select(static one => (one.Body, Fields(one))));
    }

    [Theory]
    [InlineData(StoryFormats.Twee3)]
    [InlineData(StoryFormats.TwineHtml)]
    [InlineData(StoryFormats.TwineJson)]
    [InlineData(StoryFormats.Whisker)]
    public void Where_the_format_needs_the_key_for_ours_the_loss_is_announced(string format)
    {
        var story = StoryFormats.Read(Make.Bytes(TwineJson)).Stories[0];

        var written = StoryFormats.Write([story], format);

        Assert.Equal(0, written.Report.Verified!.Unreported);
        Assert.DoesNotContain("WHISKER-EDITED", Make.Codes(written.Report));
        Assert.Equal(format == StoryFormats.Whisker, Make.Codes(written.Report).Contains("FIELD-RESERVED"));
        var passage = StoryFormats.Read(written.Bytes).Stories[0].Passages.Single(static one => one.Name == "Start");
        Assert.Contains(new StoryField("whisker-choices", "own"), passage.Fields);
    }

    private static string Fields(Passage passage) => string.Join(
        " | ",
        passage.Fields.Where(static field => field.Name is "choices" or "whisker-choices")
            .OrderBy(static field => field.Name, StringComparer.Ordinal)
            .Select(static field => $"{field.Name}: {field.Value}"));
}
