namespace Undercroft.Stories;

/// <summary>Writes Twee 3.</summary>
public static class TweeWriter
{
    /// <summary>Writes one story as a Twee file and checks the file by reading it back.</summary>
    /// <param name="story">The story. What is unchanged since it was read from Twee is written as it was, byte for
    /// byte.</param>
    /// <param name="verify">Whether to read the output back; the report's <see cref="ConversionReport.Verified"/> is
    /// null if not.</param>
    /// <returns>The file, and what Twee could not hold.</returns>
    public static StoryWriteResult Write(Story story, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(story);

        var report = new ReportBuilder(
            story.Origin?.Format ?? StoryFormats.Model, StoryFormats.Twee3, story.Origin?.File)
        {
            StoryId = story.Id,
        };
        var twine = WhiskerChoices.ToLinks(story, report);
        Surrogates.Report(twine, report);
        SourceRemains.ReportJson(story, StoryFormats.Twee3, report);
        var text = new TweeWrite(twine, report).Write();
        var origin = story.Origin?.Format == StoryFormats.Twee3 ? story.Origin : null;
        var bytes = SourceText.Encode(text, origin?.Encoding ?? "utf-8", origin?.ByteOrderMark ?? false, report);
        if (!verify)
        {
            return new StoryWriteResult(bytes, report.Build());
        }

        var found = TweeReader.Read(bytes).Stories;
        return new StoryWriteResult(bytes, report.Build(Verification.Compare([story], found, report)));
    }
}
