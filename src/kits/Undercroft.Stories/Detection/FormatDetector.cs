namespace Undercroft.Stories;

/// <summary>Tells formats by content. The time is proportional to the size of the file.</summary>
internal static class FormatDetector
{
    public static StoryDetection Examine(ReadOnlySpan<byte> file)
    {
        if (ForeignFormats.OfBytes(file) is { } binary)
        {
            return new StoryDetection { Foreign = binary };
        }

        if (StoryExportV1.Is(file))
        {
            return new StoryDetection
            {
                Candidates =
                [
                    new StoryFormatGuess(StoryFormats.Export, 0.99, $"its format is '{StoryFormats.Export}'"),
                ],
            };
        }

        var text = SourceText.Show(file);
        var guesses = new List<StoryFormatGuess>();
        var start = text.AsSpan().TrimStart();
        if (start.StartsWith('{'))
        {
            guesses.AddRange(JsonDetector.Guess(text));
        }

        guesses.AddRange(GuessHtml(text, isPage: start.StartsWith('<')));
        guesses.AddRange(GuessTwee(text, guesses.Count > 0));
        var ranked = guesses.OrderByDescending(guess => guess.Confidence).ToArray();
        var detection = new StoryDetection { Candidates = ranked };
        return detection.Best is null ? detection with { Foreign = ForeignFormats.OfText(text) } : detection;
    }

    private static IEnumerable<StoryFormatGuess> GuessHtml(string text, bool isPage)
    {
        var scanner = new HtmlScanner(text);
        if (scanner.NextStory(0) >= 0)
        {
            if (ArchivePages.IsArchive(text))
            {
                yield return new StoryFormatGuess(
                    StoryFormats.TwineArchive, 0.99, "nothing stands around its <tw-storydata>");
            }

            yield return new StoryFormatGuess(
                StoryFormats.TwineHtml, isPage ? 0.98 : 0.6, "it has a <tw-storydata> element");
        }
        else if (scanner.AnyStory() >= 0)
        {
            yield return new StoryFormatGuess(
                StoryFormats.TwineHtml, 0.55, "its only <tw-storydata> is inside a script or comment");
        }

        if (text.Contains(" tiddler=", StringComparison.OrdinalIgnoreCase) && StoryFormats.FindTwine1(text) >= 0)
        {
            yield return new StoryFormatGuess(
                StoryFormats.Twine1Html, isPage ? 0.97 : 0.6, "it has passages in 'tiddler' elements");
        }
    }

    private static IEnumerable<StoryFormatGuess> GuessTwee(string text, bool isSomethingElse)
    {
        var first = TweeReader.NextHeader(text, 0);
        if (first < 0)
        {
            yield break;
        }

        var code = 0;
        var count = 0;
        for (var at = first; at >= 0; at = TweeReader.NextHeader(text, at + 2))
        {
            var line = text.AsSpan(at);
            var end = line.IndexOfAny('\r', '\n');
            code += TweePassages.LooksLikeCode(end < 0 ? line : line[..end]) ? 1 : 0;
            count++;
        }

        var isFirst = text.AsSpan(0, first).IsWhiteSpace();
        yield return (isFirst, code == count, isSomethingElse) switch
        {
            (true, false, _) => new StoryFormatGuess(StoryFormats.Twee3, 0.98, "it begins with a '::' header"),
            (_, true, _) => new StoryFormatGuess(
                StoryFormats.Twee3, isFirst ? 0.6 : 0.3, "every line with '::' looks like code"),
            (_, _, true) => new StoryFormatGuess(StoryFormats.Twee3, 0.3, "some line begins with '::'"),
            _ => new StoryFormatGuess(StoryFormats.Twee3, 0.8, "lines begin with '::', though not the first"),
        };
    }
}
