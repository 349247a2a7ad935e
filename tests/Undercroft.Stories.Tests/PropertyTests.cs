using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>The promise of every writer: what it wrote, read back, is the story, or the report says where it is
/// not.</summary>
public sealed class PropertyTests
{
    private const int Rounds = 600;

    [Fact]
    public void No_difference_goes_unreported_for_any_story_in_any_direction()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < Rounds; round++)
        {
            var story = generator.Story();

            var twee = TweeWriter.Write(story);
            var html = TwineHtmlWriter.Write(story);
            var tweeToHtml = TwineHtmlWriter.Write(TweeReader.Read(twee.Bytes).Stories);
            var htmlToTwee = TweeWriter.Write(TwineHtmlReader.Read(html.Bytes).Stories[0]);

            foreach (var result in new[] { twee, html, tweeToHtml, htmlToTwee })
            {
                Assert.True(
                    result.Report.Verified!.Unreported == 0,
                    $"{Seeds.Replay(round)}\n{Make.Show(result.Report)}\n{Encoding.UTF8.GetString(result.Bytes.Span)}");
            }
        }
    }

    [Fact]
    public void What_a_writer_wrote_is_written_again_byte_for_byte()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < Rounds; round++)
        {
            var story = generator.Story();

            var twee = TweeWriter.Write(story, verify: false).Bytes;
            var html = TwineHtmlWriter.Write([story, story], verify: false).Bytes;

            Assert.True(
                twee.Span.SequenceEqual(TweeWriter.Write(TweeReader.Read(twee).Stories[0], verify: false).Bytes.Span),
                Seeds.Replay(round));
            Assert.True(
                html.Span.SequenceEqual(
                    TwineHtmlWriter.Write(TwineHtmlReader.Read(html).Stories, verify: false).Bytes.Span),
                Seeds.Replay(round));
        }
    }

    [Fact]
    public void Any_text_is_read_as_Twee_and_as_HTML_and_written_back_as_it_was()
    {
        var generator = new StoryGenerator(new Random(Seeds.Current));
        for (var round = 0; round < Rounds; round++)
        {
            var text = Encoding.UTF8.GetBytes(generator.Text(60));

            var fault = MutationTests.Fault(text, twee: true) ?? MutationTests.Fault(text, twee: false);
            Assert.True(fault is null, Seeds.Replay(round) + fault);
        }
    }

    [Fact]
    public void An_edited_story_keeps_all_that_was_not_edited()
    {
        var random = new Random(Seeds.Current);
        var generator = new StoryGenerator(random);
        for (var round = 0; round < Rounds; round++)
        {
            var source = generator.Story() with { Extensions = new Dictionary<string, string>(StringComparer.Ordinal) };
            var read = random.Next(2) == 0
                ? TweeReader.Read(TweeWriter.Write(source, verify: false).Bytes).Stories[0]
                : TwineHtmlReader.Read(TwineHtmlWriter.Write(source, verify: false).Bytes).Stories[0];

            var edited = Edit(read, random, generator);

            foreach (var result in new[] { TweeWriter.Write(edited), TwineHtmlWriter.Write(edited) })
            {
                Assert.True(
                    result.Report.Verified!.Unreported == 0,
                    $"{Seeds.Replay(round)}\n{Make.Show(result.Report)}\n{Encoding.UTF8.GetString(result.Bytes.Span)}");
            }
        }
    }

    internal static Story Edit(Story story, Random random, StoryGenerator generator)
    {
        var passages = story.Passages.ToList();
        for (var i = random.Next(3); i >= 0 && passages.Count > 0; i--)
        {
            var at = random.Next(passages.Count);
            switch (random.Next(5))
            {
                case 0:
                    passages.RemoveAt(at);
                    break;
                case 1:
                    passages[at] = passages[at] with { Name = generator.Text(3) };
                    break;
                case 2:
                    passages[at] = passages[at] with { Body = generator.Text(8) };
                    break;
                case 3:
                    (passages[0], passages[at]) = (passages[at], passages[0]);
                    break;
                default:
                    passages.Insert(
                        at, new Passage { Id = $"new{i}", Name = generator.Text(3), Body = generator.Text(5) });
                    break;
            }
        }

        return story with
        {
            Passages = passages,
            Name = random.Next(3) == 0 ? generator.Text(3) : story.Name,
            TagColors = random.Next(3) == 0 ? [new TagColor("new", "red")] : story.TagColors,
            Zoom = random.Next(3) == 0 ? "2" : story.Zoom,
        };
    }
}
