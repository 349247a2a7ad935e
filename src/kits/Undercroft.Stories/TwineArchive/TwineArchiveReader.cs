namespace Undercroft.Stories;

/// <summary>Reads Twine 2 archives: <c>tw-storydata</c> elements one after another, without a page around them.
/// </summary>
public static class TwineArchiveReader
{
    /// <summary>Reads all stories of an archive; of a published page the story in it.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The stories, and what was noticed. Writing them back untouched gives the same bytes.</returns>
    /// <exception cref="StoryFormatException">As <see cref="TwineHtmlReader.Read"/> says.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var read = TwineHtmlReader.Read(file, fileName);
        return read with { Report = read.Report with { From = StoryFormats.TwineArchive } };
    }
}
