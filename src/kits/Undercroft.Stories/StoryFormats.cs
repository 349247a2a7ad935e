namespace Undercroft.Stories;

/// <summary>The formats Undercroft reads and writes, by name, and the one way to all of them.</summary>
public static class StoryFormats
{
    /// <summary>Twee 3, one story per file.</summary>
    public const string Twee3 = "twee3";

    /// <summary>Twine 2 HTML: a published story, with the page around it.</summary>
    public const string TwineHtml = "twine2-html";

    /// <summary>A Twine 2 archive: the data of stories without the pages around them. Of its stories,
    /// <see cref="StoryOrigin.Format"/> is <see cref="TwineHtml"/>: each is written the same way.</summary>
    public const string TwineArchive = "twine2-archive";

    /// <summary>Twine 2 JSON, one story per file.</summary>
    public const string TwineJson = "twine2-json";

    /// <summary>Twine 1 HTML; it is read only.</summary>
    public const string Twine1Html = "twine1-html";

    /// <summary>whisker's JSON in all its dialects, one story per file.</summary>
    public const string Whisker = "whisker";

    /// <summary>A story with its tags, as <see cref="StoryLibrary.ExportAsync"/> and backups in a folder write it. It
    /// is read only here.</summary>
    public const string Export = "undercroft-story-1";

    /// <summary>Stories in memory: what readers read into and writers write from.</summary>
    public const string Model = "model";

    private static readonly string[] Twine1Marks = ["id=\"storeArea\"", "id=\"store-area\"", "<div tiddler=\""];

    /// <summary>The formats that can be written.</summary>
    public static IReadOnlyList<string> Writable { get; } = [Twee3, TwineHtml, TwineArchive, TwineJson, Whisker];

    /// <summary>Whether a file of a format holds any number of stories; the others hold one each.</summary>
    public static bool HoldsMany(string format) => format is TwineHtml or TwineArchive;

    /// <summary>How the names of files of a format end, such as <c>.twee</c>. It is a habit only: formats are told by
    /// content.</summary>
    public static string EndingOf(string format) => format switch
    {
        Twee3 => ".twee",
        TwineJson => ".json",
        Whisker => ".whisker",
        _ => ".html",
    };

    /// <summary>Tells the format of a file by its content.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <returns>The format's name; null where it is none.</returns>
    public static string? Detect(ReadOnlySpan<byte> file) => Examine(file).Format;

    /// <summary>Tells which formats a file may be in and why, or what else it looks like.</summary>
    /// <param name="file">The bytes of the file.</param>
    public static StoryDetection Examine(ReadOnlySpan<byte> file) => FormatDetector.Examine(file);

    /// <summary>Reads a file in whichever of the formats it is.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none. Only where the content tells
    /// nothing, a name that ends in <c>.twee</c> or <c>.tw</c> makes it Twee.</param>
    /// <exception cref="StoryFormatException">It is in none of the formats, or holds no story.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var detection = Examine(file.Span);
        return detection.Format is null && !IsTweeName(fileName)
            ? throw new StoryFormatException(
                $"Cannot read {Names.Show(fileName ?? "story")}, line 1: {detection.Sentence}", fileName, 1)
            : Read(file, detection.Format ?? Twee3, fileName);
    }

    /// <summary>Reads a file in a format that is known.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="format">One of the names above.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <exception cref="ArgumentException">The format is unknown.</exception>
    /// <exception cref="StoryFormatException">The file is not in that format.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string format, string? fileName) => format switch
    {
        Twee3 => TweeReader.Read(file, fileName),
        TwineHtml => TwineHtmlReader.Read(file, fileName),
        TwineArchive => TwineArchiveReader.Read(file, fileName),
        TwineJson => TwineJsonReader.Read(file, fileName),
        Twine1Html => Twine1Reader.Read(file, fileName),
        Whisker => WhiskerReader.Read(file, fileName),
        Export => ReadExport(file, fileName),
        _ => throw new ArgumentException(
            $"Cannot read stories as {Names.Show(format)}: expected one of '{Twine1Html}', '{Export}', "
            + $"'{string.Join("', '", Writable)}'.",
            nameof(format)),
    };

    /// <summary>Writes stories as one file.</summary>
    /// <param name="stories">The stories, at least one; exactly one where the format holds one.</param>
    /// <param name="format">One of <see cref="Writable"/>.</param>
    /// <param name="dialect">How to write whisker's JSON; other formats have no use for it.</param>
    /// <exception cref="ArgumentException">The format is unknown, is only read, or cannot hold that many stories.
    /// </exception>
    public static StoryWriteResult Write(
        IReadOnlyList<Story> stories, string format, WhiskerDialect dialect = WhiskerDialect.Source)
    {
        ArgumentNullException.ThrowIfNull(stories);
        return format switch
        {
            TwineHtml => TwineHtmlWriter.Write(stories),
            TwineArchive => TwineArchiveWriter.Write(stories),
            Twee3 or TwineJson or Whisker when stories.Count != 1 => throw new ArgumentException(
                $"A file of {FormatTitles.Of(format)} holds one story, {stories.Count} were given. Write each to a "
                + "file of its own.",
                nameof(stories)),
            Twee3 => TweeWriter.Write(stories[0]),
            TwineJson => TwineJsonWriter.Write(stories[0]),
            Whisker => WhiskerWriter.Write(stories[0], dialect),
            Twine1Html => throw new ArgumentException(
                "Cannot write Twine 1 HTML: it is read only. Write Twine 2 HTML.", nameof(format)),
            _ => throw new ArgumentException(
                $"Cannot write stories as {Names.Show(format)}: expected one of '{string.Join("', '", Writable)}'.",
                nameof(format)),
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

    private static StoryReadResult ReadExport(ReadOnlyMemory<byte> file, string? fileName) => new(
        [StoryExportV1.Read(file.Span, fileName).Story],
        new ConversionReport { From = Export, To = Model, File = fileName });

    private static bool IsTweeName(string? name) =>
        name is not null && (name.EndsWith(".twee", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".tw", StringComparison.OrdinalIgnoreCase));
}
