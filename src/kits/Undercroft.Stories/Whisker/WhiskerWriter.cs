namespace Undercroft.Stories;

/// <summary>Writes whisker's JSON.</summary>
public static class WhiskerWriter
{
    /// <summary>Writes one story as a whisker file and checks the file by reading it back.</summary>
    /// <param name="story">The story.</param>
    /// <param name="dialect">
    /// How to write it. With <see cref="WhiskerDialect.Source"/>, what is unchanged since it was read from whisker is
    /// written as it was, byte for byte; with any other the whole file is laid out anew.
    /// </param>
    /// <param name="verify">Whether to read the output back; the report's <see cref="ConversionReport.Verified"/> is
    /// null if not.</param>
    /// <returns>The file, and what the dialect could not hold.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The dialect is none of the enumeration's.</exception>
    public static StoryWriteResult Write(
        Story story, WhiskerDialect dialect = WhiskerDialect.Source, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(story);
        if (!Enum.IsDefined(dialect))
        {
            throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Expected a dialect of the enumeration.");
        }

        var report = new ReportBuilder(
            story.Origin?.Format ?? StoryFormats.Model, StoryFormats.Whisker, story.Origin?.File)
        {
            StoryId = story.Id,
        };
        var isKept = story.Origin?.Format == StoryFormats.Whisker && dialect == WhiskerDialect.Source;
        var shape = isKept ? WhiskerShape.Of(story) : WhiskerShape.Of(dialect);
        var shaped = WhiskerChoices.Restore(WritableFields.MakeValid(story, report));
        var normal = new WhiskerNormal(shape, report);
        shaped = isKept ? normal.AddIds(shaped) : normal.Apply(WhiskerChoices.FromLinks(shaped, report));
        var text = new WhiskerWrite(shaped, shape, isKept, report).Write();
        var origin = isKept ? story.Origin : null;
        var bytes = SourceText.Encode(text, origin?.Encoding ?? "utf-8", origin?.ByteOrderMark ?? false, report);
        if (!verify)
        {
            return new StoryWriteResult(bytes, report.Build());
        }

        var found = WhiskerReader.Read(bytes).Stories;
        return new StoryWriteResult(bytes, report.Build(Verification.Compare([shaped], found, report)));
    }
}
