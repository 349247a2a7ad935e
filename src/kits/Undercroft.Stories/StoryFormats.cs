namespace Undercroft.Stories;

/// <summary>The formats Undercroft reads and writes, by name.</summary>
public static class StoryFormats
{
    /// <summary>Twee 3, one story per file.</summary>
    public const string Twee3 = "twee3";

    /// <summary>Twine 2 HTML: a published story or an archive of several.</summary>
    public const string TwineHtml = "twine2-html";

    /// <summary>Stories in memory: what readers read into and writers write from.</summary>
    public const string Model = "model";

    private static readonly string[] Twine1Marks = ["id=\"storeArea\"", "id=\"store-area\"", "<div tiddler=\""];

    /// <summary>Tells the format of a file by its content.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <returns><see cref="Twee3"/> or <see cref="TwineHtml"/>; null where it is neither.</returns>
    public static string? Detect(ReadOnlySpan<byte> file)
    {
        var content = file.StartsWith("\uFEFF"u8) ? file[3..] : file;
        var isPage = content.TrimStart(" \t\r\n"u8).StartsWith((byte)'<');
        if (isPage && HasElement(content))
        {
            return TwineHtml;
        }

        if (content.StartsWith("::"u8) || content.IndexOf("\n::"u8) >= 0 || content.IndexOf("\r::"u8) >= 0)
        {
            return Twee3;
        }

        return HasElement(content) ? TwineHtml : null;
    }

    /// <summary>Reads a file in whichever of the formats it is.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <exception cref="StoryFormatException">It is in none of the formats, or holds no story.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null) =>
        Detect(file.Span) == Twee3 || IsTweeName(fileName)
            ? TweeReader.Read(file, fileName)
            : TwineHtmlReader.Read(file, fileName);

    /// <summary>Writes stories as one file.</summary>
    /// <param name="stories">The stories, at least one; exactly one for Twee.</param>
    /// <param name="format"><see cref="Twee3"/> or <see cref="TwineHtml"/>.</param>
    /// <exception cref="ArgumentException">The format is unknown, or cannot hold that many stories.</exception>
    public static StoryWriteResult Write(IReadOnlyList<Story> stories, string format)
    {
        ArgumentNullException.ThrowIfNull(stories);
        return format switch
        {
            TwineHtml => TwineHtmlWriter.Write(stories),
            Twee3 when stories.Count == 1 => TweeWriter.Write(stories[0]),
            Twee3 => throw new ArgumentException(
                $"A Twee file holds one story, {stories.Count} were given. Write each to a file of its own.",
                nameof(stories)),
            _ => throw new ArgumentException(
                $"Cannot write stories as {Names.Show(format)}: expected '{Twee3}' or '{TwineHtml}'.", nameof(format)),
        };
    }

    /// <summary>Where a Twine 1 story area begins; −1 where there is none.</summary>
    internal static int FindTwine1(string text)
    {
        foreach (var mark in Twine1Marks)
        {
            var at = text.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsTweeName(string? name) =>
        name is not null && (name.EndsWith(".twee", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".tw", StringComparison.OrdinalIgnoreCase));

    private static bool HasElement(ReadOnlySpan<byte> content)
    {
        var mark = "<tw-storydata"u8;
        for (var at = content.IndexOf((byte)'<'); at >= 0 && content.Length - at >= mark.Length;)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(content.Slice(at, mark.Length), mark))
            {
                return true;
            }

            var next = content[(at + 1)..].IndexOf((byte)'<');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
