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
    public void A_page_of_Twine_1_is_refused_with_advice()
    {
        foreach (var file in Corpus.Files("twine-cookbook", "*.html").Except(Corpus.Twine2()))
        {
            var error = Assert.Throws<StoryFormatException>(
                () => TwineHtmlReader.Read(File.ReadAllBytes(file), "old.html"));

            Assert.Contains("Twine 1", error.Message, StringComparison.Ordinal);
        }
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
