using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Every format into every other: what does not arrive is in the report.</summary>
public sealed class FormatPairTests
{
    private const int Rounds = 60;

    [Fact]
    public void No_difference_goes_unreported_from_any_format_to_any_other()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < Rounds; round++)
        {
            var story = generator.Story();
            foreach (var from in FormatTable.All)
            {
                var first = FormatTable.Write(story, from);
                Check(first, round, from);
                var read = FormatTable.Read(first, from.Format);
                foreach (var to in FormatTable.All)
                {
                    Check(FormatTable.Write(read, to), round, from, to);
                }
            }
        }
    }

    [Fact]
    public void What_a_writer_wrote_is_written_again_byte_for_byte()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < 2 * Rounds; round++)
        {
            var story = generator.Story();
            foreach (var target in FormatTable.All)
            {
                var first = FormatTable.Write(story, target);
                var again = StoryFormats.Write([FormatTable.Read(first, target.Format)], target.Format);

                Assert.True(
                    first.Bytes.Span.SequenceEqual(again.Bytes.Span),
                    $"{Seeds.Replay(round)} {target}\n{Make.Text(first)}\n became \n{Make.Text(again)}");
            }
        }
    }

    [Fact]
    public void An_edited_story_keeps_all_that_was_not_edited_in_every_format()
    {
        var random = new Random(Seeds.Current);
        var generator = new StoryGenerator(random);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var target in FormatTable.All)
            {
                var read = FormatTable.Read(FormatTable.Write(generator.Story(), target), target.Format);
                var edited = PropertyTests.Edit(read, random, generator);

                Check(StoryFormats.Write([edited], target.Format), round, target);
            }
        }
    }

    private static void Check(StoryWriteResult result, int round, params object[] route) => Assert.True(
        result.Report.Verified!.Unreported == 0,
        $"{Seeds.Replay(round)} {string.Join(" → ", route)}\n{Make.Show(result.Report)}\n"
        + Encoding.UTF8.GetString(result.Bytes.Span[..Math.Min(20_000, result.Bytes.Length)]));
}
