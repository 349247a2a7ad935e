namespace Undercroft.Stories.Tests;

/// <summary>The stories of the repository are what a newcomer reads first.</summary>
public sealed class SampleTests
{
    [Fact]
    public void There_are_three_in_two_formats_and_three_dialects() =>
        Assert.Equal(
            [("Chapbook", StoryFormats.TwineHtml), ("Harlowe", StoryFormats.Twee3), ("SugarCube", StoryFormats.Twee3)],
            Stories().Select(story => (story.Format!, story.Origin!.Format)).Order());

    [Fact]
    public void Every_passage_is_reachable_every_link_leads_somewhere_and_every_end_is_meant()
    {
        foreach (var story in Stories())
        {
            var statistics = StoryStatistics.Of(story);

            Assert.InRange(statistics.Passages, 10, 24);
            Assert.Empty(statistics.BrokenLinks);
            Assert.Empty(statistics.Unreachable);
            Assert.Empty(statistics.DeadEnds);
        }
    }

    [Fact]
    public void Reading_them_finds_nothing_to_mend()
    {
        foreach (var file in Samples.Files())
        {
            var report = StoryFormats.Read(File.ReadAllBytes(file), file).Report;

            Assert.All(report.Entries, entry => Assert.Equal(ConversionSeverity.Info, entry.Severity));
        }
    }

    [Fact]
    public void They_come_back_byte_for_byte_and_convert_without_loss()
    {
        foreach (var file in Samples.Files())
        {
            var bytes = File.ReadAllBytes(file);
            var read = StoryFormats.Read(bytes, file);

            var same = StoryFormats.Write(read.Stories, read.Report.From);
            var other = read.Report.From == StoryFormats.Twee3 ? StoryFormats.TwineHtml : StoryFormats.Twee3;
            var converted = StoryFormats.Write(read.Stories, other);

            Assert.True(bytes.AsSpan().SequenceEqual(same.Bytes.Span), file);
            Assert.True(converted.Report.Lossless, Make.Show(converted.Report));
            Assert.Equal(0, converted.Report.Verified!.Unreported);
        }
    }

    private static IEnumerable<Story> Stories() =>
        Samples.Files().SelectMany(file => StoryFormats.Read(File.ReadAllBytes(file), file).Stories);
}
