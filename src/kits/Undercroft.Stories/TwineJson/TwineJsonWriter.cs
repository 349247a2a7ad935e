namespace Undercroft.Stories;

/// <summary>Writes Twine 2 JSON with the keys of its specification.</summary>
public static class TwineJsonWriter
{
    /// <summary>Writes one story as a Twine JSON file and checks the file by reading it back.</summary>
    /// <param name="story">The story. What is unchanged since it was read from Twine JSON is written as it was, byte
    /// for byte.</param>
    /// <param name="verify">Whether to read the output back; the report's <see cref="ConversionReport.Verified"/> is
    /// null if not.</param>
    /// <returns>The file, and what Twine JSON could not hold.</returns>
    public static StoryWriteResult Write(Story story, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(story);

        var report = new ReportBuilder(
            story.Origin?.Format ?? StoryFormats.Model, StoryFormats.TwineJson, story.Origin?.File)
        {
            StoryId = story.Id,
        };
        var twine = WhiskerChoices.ToLinks(story, report);
        var text = new TwineJsonWrite(twine, report).Write();
        var origin = story.Origin?.Format == StoryFormats.TwineJson ? story.Origin : null;
        var bytes = SourceText.Encode(text, origin?.Encoding ?? "utf-8", origin?.ByteOrderMark ?? false, report);
        if (!verify)
        {
            return new StoryWriteResult(bytes, report.Build());
        }

        var found = TwineJsonReader.Read(bytes).Stories;
        return new StoryWriteResult(bytes, report.Build(Verification.Compare([story], found, report)));
    }
}
