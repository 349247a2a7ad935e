namespace Undercroft.Stories;

/// <summary>Reads Twee 3, leniently: older Twee that has the same shape is read as well.</summary>
public static class TweeReader
{
    /// <summary>Reads one story out of a Twee file.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The story, and what was noticed. Writing it back untouched gives the same bytes.</returns>
    /// <exception cref="StoryFormatException">The file is empty, is UTF-16, or has no line that begins with
    /// <c>::</c>.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var report = new ReportBuilder(StoryFormats.Twee3, StoryFormats.Model, fileName);
        var source = SourceText.Decode(file.Span, fileName, report);
        var first = NextHeader(source.Text, 0);
        if (first < 0)
        {
            throw new StoryFormatException(
                $"Cannot read {Names.Show(fileName ?? "story")} as Twee, line 1: no line begins with '::'; "
                + "expected passages such as ':: Start'.",
                fileName,
                1);
        }

        var story = new TweeParse(source, fileName, report).Read(first);
        return new StoryReadResult([story], report.Build());
    }

    /// <summary>The next <c>::</c> that begins a line; −1 where there is none.</summary>
    internal static int NextHeader(string text, int from)
    {
        for (var at = text.IndexOf("::", from, StringComparison.Ordinal); at >= 0;)
        {
            if (at == 0 || text[at - 1] is '\n' or '\r')
            {
                return at;
            }

            at = text.IndexOf("::", at + 1, StringComparison.Ordinal);
        }

        return -1;
    }
}
