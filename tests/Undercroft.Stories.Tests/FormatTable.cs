namespace Undercroft.Stories.Tests;

/// <summary>The formats that are written, each with every dialect.</summary>
internal static class FormatTable
{
    public static IReadOnlyList<(string Format, WhiskerDialect Dialect)> All { get; } =
    [
        .. StoryFormats.Writable.Select(format => (format, WhiskerDialect.Source)),
        .. Enum.GetValues<WhiskerDialect>().Skip(1).Select(dialect => (StoryFormats.Whisker, dialect)),
    ];

    public static StoryWriteResult Write(Story story, (string Format, WhiskerDialect Dialect) target) =>
        StoryFormats.Write([story], target.Format, target.Dialect);

    public static Story Read(StoryWriteResult written, string format) =>
        StoryFormats.Read(written.Bytes, format, "test").Stories[0];
}
