using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Finds files that may hold stories.</summary>
internal static class StoryFiles
{
    /// <summary>The path that stands for the standard input.</summary>
    private const string Input = "-";

    private static readonly string[] Endings = [".html", ".htm", ".twee", ".tw", ".tw3", ".txt", ".json", ".whisker"];

    // Links are not followed: they could lead in a circle.
    private static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>Lists the files that paths name, and the likely ones in the folders they name, each once. What comes
    /// through the standard input, <c>-</c>, is read.</summary>
    /// <param name="run">The run.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="format">The format of what is named, the standard input too; null has the content tell.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CliException">A path leads nowhere.</exception>
    public static async Task<IReadOnlyList<StoryFile>> FindAsync(
        CliRun run, IEnumerable<string> paths, string? format, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var files = new List<StoryFile>();
        foreach (var path in paths)
        {
            if (path != Input)
            {
                files.AddRange(FindOne(path, format).Where(file => seen.Add(Path.GetFullPath(file.Path))));
            }
            else if (seen.Add(Input))
            {
                const string what = "the standard input";
                var bytes = await Inputs.ReadAsync(run.Host.Terminal.OpenInput(), what, cancellationToken)
                    .ConfigureAwait(false);
                files.Add(new StoryFile(what, null, IsNamed: true) { Content = bytes, Format = format });
            }
        }

        return files;
    }

    /// <summary>Reads a file. One of no length that a search has found is not opened: it may be a pipe, and nobody may
    /// write to that.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(StoryFile file, CancellationToken cancellationToken) =>
        file.Content is { } content ? content
        : !file.IsNamed && new FileInfo(file.Path) is { Exists: true, Length: 0 } ? ReadOnlyMemory<byte>.Empty
        : await Inputs.ReadFileAsync(file.Path, cancellationToken).ConfigureAwait(false);

    /// <summary>Says whether bytes out of a searched folder are a story; other texts and pages may lie beside them.
    /// </summary>
    public static bool IsStory(StoryFile file, ReadOnlySpan<byte> bytes) =>
        file.IsNamed || PromisesStory(file.Path) || StoryFormats.Detect(bytes) is not null;

    /// <summary>Says whether a name promises a story.</summary>
    private static bool PromisesStory(string path) =>
        Path.GetExtension(path) is { } ending
        && (ending.Equals(".twee", StringComparison.OrdinalIgnoreCase)
            || ending.Equals(".tw", StringComparison.OrdinalIgnoreCase)
            || ending.Equals(".tw3", StringComparison.OrdinalIgnoreCase)
            || ending.Equals(".whisker", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<StoryFile> FindOne(string path, string? format)
    {
        if (File.Exists(path))
        {
            return [new StoryFile(path, Path.GetFileName(path), IsNamed: true) { Format = format }];
        }

        if (!Directory.Exists(path))
        {
            throw new CliException(
                ExitCode.NotFound, $"There is no file or folder {Names.Show(path)}. Check the path.");
        }

        return Directory.EnumerateFiles(path, "*", Walk)
            .Where(static file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(file => new StoryFile(
                file, Path.GetRelativePath(path, file).Replace('\\', '/'), IsNamed: false));
    }
}
