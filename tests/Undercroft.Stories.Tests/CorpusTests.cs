using System.Text;
using System.Text.RegularExpressions;

namespace Undercroft.Stories.Tests;

public sealed partial class CorpusTests
{
    [Fact]
    public void Every_Twine_2_page_comes_back_byte_for_byte_and_nothing_goes_unreported()
    {
        foreach (var file in Corpus.Twine2())
        {
            var bytes = File.ReadAllBytes(file);

            var read = TwineHtmlReader.Read(bytes, Path.GetFileName(file));
            var written = TwineHtmlWriter.Write(read.Stories);

            Assert.True(bytes.AsSpan().SequenceEqual(written.Bytes.Span), file);
            Assert.True(read.Report.Lossless, Make.Show(read.Report));
            Assert.Equal(new ConversionVerification(0, 0), written.Report.Verified);
        }
    }

    [Fact]
    public void Every_passage_text_equals_what_an_independent_reading_finds()
    {
        foreach (var file in Corpus.Twine2())
        {
            var stories = TwineHtmlReader.Read(File.ReadAllBytes(file), file).Stories;

            var expected = Reference(File.ReadAllText(file));
            var actual = stories.SelectMany(story => story.Passages)
                .Where(passage => passage.Kind == PassageKind.Passage)
                .Select(passage => (passage.Name, passage.Body));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Page_and_source_agree_where_an_independent_reading_says_they_do()
    {
        var (agreed, compared) = (0, 0);
        foreach (var file in Corpus.Twine2())
        {
            var source = file.Replace("_example.html", "_twee.txt", StringComparison.Ordinal);
            var page = TwineHtmlReader.Read(File.ReadAllBytes(file), file).Stories[0];
            var twee = TweeReader.Read(File.ReadAllBytes(source), source).Stories[0];
            var pageTexts = Reference(File.ReadAllText(file)).ToLookup(pair => pair.Name, pair => pair.Body.Trim());
            var tweeTexts = ReferenceTwee(File.ReadAllText(source)).ToLookup(pair => pair.Name, pair => pair.Body);
            foreach (var passage in page.Passages.Where(passage => passage.Kind == PassageKind.Passage))
            {
                var other = twee.Passages.First(candidate => candidate.Name == passage.Name);
                var agrees = pageTexts[passage.Name].First() == tweeTexts[passage.Name].First();

                Assert.Equal(agrees, passage.Body.Trim() == other.Body.Trim());
                Assert.Equal(tweeTexts[passage.Name].First(), other.Body.Trim());
                (agreed, compared) = (agreed + (agrees ? 1 : 0), compared + 1);
            }
        }

        Assert.True(agreed * 10 > compared * 9, $"{agreed} of {compared} passages agree: too few to prove anything.");
    }

    [Fact]
    public void Every_Twee_source_comes_back_byte_for_byte()
    {
        var files = Corpus.Files("twine-cookbook", "*_twee.txt").Concat(Corpus.Files("whisker", "*.twee"));
        foreach (var file in files.Where(file => !File.ReadAllText(file).StartsWith('{')))
        {
            var bytes = File.ReadAllBytes(file);

            var read = TweeReader.Read(bytes, Path.GetFileName(file));
            var written = TweeWriter.Write(read.Stories[0]);

            Assert.True(bytes.AsSpan().SequenceEqual(written.Bytes.Span), file);
            Assert.Equal(new ConversionVerification(0, 0), written.Report.Verified);
        }
    }

    [Fact]
    public void Every_conversion_from_one_format_to_the_other_reports_all_that_differs()
    {
        foreach (var file in Corpus.Twine2())
        {
            var story = TwineHtmlReader.Read(File.ReadAllBytes(file), file).Stories[0];

            var twee = TweeWriter.Write(story);
            var back = TwineHtmlWriter.Write(TweeReader.Read(twee.Bytes).Stories);

            Assert.True(twee.Report.Verified!.Unreported == 0, file + "\n" + Make.Show(twee.Report));
            Assert.True(back.Report.Verified!.Unreported == 0, file + "\n" + Make.Show(back.Report));
        }
    }

    [Fact]
    public void Every_page_of_Twine_1_says_what_its_Twee_source_says()
    {
        foreach (var file in Corpus.Files("twine-cookbook", "*.html").Except(Corpus.Twine2()))
        {
            var source = file.Replace("_example.html", "_twee.txt", StringComparison.Ordinal);
            var twee = TweeReader.Read(File.ReadAllBytes(source), source).Stories[0];

            var read = StoryFormats.Read(File.ReadAllBytes(file), file);

            Assert.Equal(StoryFormats.Twine1Html, read.Report.From);
            Assert.Equal(twee.Name, read.Stories[0].Name);
            Assert.Equal(
                twee.Passages.OrderBy(passage => passage.Name)
                    .Select(passage => (passage.Name, passage.Body, passage.Kind, string.Join(' ', passage.Tags))),
                read.Stories[0].Passages.OrderBy(passage => passage.Name)
                    .Select(passage => (passage.Name, passage.Body, passage.Kind, string.Join(' ', passage.Tags))));
        }
    }

    [Fact]
    public void Every_whisker_story_comes_back_byte_for_byte_and_its_links_lead_somewhere()
    {
        foreach (var file in Corpus.Files("whisker", "*.whisker"))
        {
            var bytes = File.ReadAllBytes(file);

            var read = StoryFormats.Read(bytes, Path.GetFileName(file));
            var written = StoryFormats.Write(read.Stories, read.Report.From);

            Assert.Equal(StoryFormats.Whisker, read.Report.From);
            Assert.True(bytes.AsSpan().SequenceEqual(written.Bytes.Span), file);
            Assert.Equal(new ConversionVerification(0, 0), written.Report.Verified);
            Assert.True(read.Report.Lossless, Make.Show(read.Report));
            Assert.NotEqual(0, StoryStatistics.Of(read.Stories[0]).Links);
        }
    }

    [Fact]
    public void Every_story_of_every_kind_reaches_every_format_and_all_that_differs_is_reported()
    {
        var files = Corpus.Twine2().Concat(Corpus.Files("whisker", "*.*")).Concat(
            Corpus.Files("twine-cookbook", "*.html").Except(Corpus.Twine2()));
        foreach (var file in files)
        {
            var story = StoryFormats.Read(File.ReadAllBytes(file), Path.GetFileName(file)).Stories[0];
            foreach (var target in FormatTable.All)
            {
                var written = FormatTable.Write(story, target);
                var back = story.Origin!.Format is StoryFormats.Twine1Html
                    ? written
                    : StoryFormats.Write([FormatTable.Read(written, target.Format)], story.Origin.Format);

                Assert.True(written.Report.Verified!.Unreported == 0, $"{file} {target}\n{Make.Show(written.Report)}");
                Assert.True(back.Report.Verified!.Unreported == 0, $"{file} {target}\n{Make.Show(back.Report)}");
            }
        }
    }

    [Fact]
    public void What_is_no_story_is_called_what_it_is()
    {
        foreach (var file in Corpus.Files("ink", "*"))
        {
            Assert.Contains("ink source", Foreign(file), StringComparison.Ordinal);
        }

        // A file of comments only could be anything.
        foreach (var file in Corpus.Files("renpy", "*").Where(file =>
            File.ReadLines(file).Any(line => line.Length > 0 && !line.TrimStart().StartsWith('#'))))
        {
            Assert.Contains("Ren'Py", Foreign(file), StringComparison.Ordinal);
        }

        static string Foreign(string file) => StoryFormats.Examine(File.ReadAllBytes(file)).Foreign ?? file;
    }

    // As small and as different from the product as can be: one expression, and the decoder of the base library.
    private static IEnumerable<(string Name, string Body)> Reference(string page) => PassageElement().Matches(page)
        .Select(match => (Decode(match.Groups["name"].Value), Decode(match.Groups["body"].Value)));

    private static IEnumerable<(string Name, string Body)> ReferenceTwee(string source) => TweeSection().Matches(source)
        .Select(match => (match.Groups["name"].Value.Trim(), match.Groups["body"].Value.Trim()));

    private static string Decode(string text) => System.Net.WebUtility.HtmlDecode(text);

    [GeneratedRegex(
        "<tw-passagedata [^>]*?name=\"(?<name>[^\"]*)\"[^>]*>(?<body>.*?)</tw-passagedata>", RegexOptions.Singleline)]
    private static partial Regex PassageElement();

    [GeneratedRegex(
        @"^::(?<name>[^\[{\n]*)[^\n]*\n?(?<body>.*?)(?=^::|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex TweeSection();
}
