namespace Undercroft.Stories;

/// <summary>Writes Twine 2 archives, which Twine imports.</summary>
public static class TwineArchiveWriter
{
    /// <summary>Writes stories as one archive and checks it by reading it back.</summary>
    /// <param name="stories">The stories, at least one. Of a story that was read from a published page the page is left
    /// out; an untouched archive is written back byte for byte.</param>
    /// <param name="verify">Whether to read the output back; the report's <see cref="ConversionReport.Verified"/> is
    /// null if not.</param>
    /// <returns>The file, and what an archive could not hold.</returns>
    /// <exception cref="ArgumentException">No story was given.</exception>
    public static StoryWriteResult Write(IReadOnlyList<Story> stories, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(stories);

        return TwineHtmlWriter.Write(stories, StoryFormats.TwineArchive, verify);
    }

    /// <summary>Writes one story, as <see cref="Write(IReadOnlyList{Story}, bool)"/> does.</summary>
    public static StoryWriteResult Write(Story story, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(story);
        return Write([story], verify);
    }
}
