using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Brings files into a library.</summary>
internal static class StoryImporter
{
    /// <summary>Reads all files without keeping anything.</summary>
    /// <exception cref="CliException">Something would be lost, or a file cannot be read.</exception>
    public static async Task CheckAsync(
        IReadOnlyList<StoryFile> files,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < files.Count; i++)
        {
            progress.Report((i, files.Count));
            var bytes = await StoryFiles.ReadAsync(files[i], cancellationToken).ConfigureAwait(false);
            if (!StoryFiles.IsStory(files[i], bytes.Span))
            {
                continue;
            }

            var report = StoryLibrary.Preview(bytes, files[i].Name, files[i].Format).Report;
            if (!report.Lossless)
            {
                var loss = report.Entries.First(Losses.IsLoss);
                var place = loss.Line is { } line ? $", line {line}," : "";
                throw new CliException(
                    ExitCode.Loss,
                    $"{Names.Show(files[i].Path)}{place} would lose something "
                    + $"({loss.Code}): {loss.Reason} Nothing was imported; mend the file, or import without --strict.");
            }
        }
    }

    /// <summary>Reads files until one holds a story: before that there is nothing to make a store for.</summary>
    /// <returns>Null where one does; else what there is to say of each file.</returns>
    public static async Task<IReadOnlyList<FileOutcome>?> FindNothingAsync(
        IReadOnlyList<StoryFile> files, CancellationToken cancellationToken)
    {
        var outcomes = new List<FileOutcome>();
        foreach (var file in files)
        {
            try
            {
                var bytes = await StoryFiles.ReadAsync(file, cancellationToken).ConfigureAwait(false);
                if (StoryFiles.IsStory(file, bytes.Span))
                {
                    _ = StoryLibrary.Preview(bytes, file.Name, file.Format);
                    return null;
                }
            }
            catch (Exception error) when (error is StoryFormatException or CliException)
            {
                outcomes.Add(Refused(file, error));
            }
        }

        return outcomes;
    }

    /// <summary>Keeps the stories of all files. A file that cannot be read is passed over and named in the outcome.
    /// </summary>
    /// <param name="library">Where they are kept.</param>
    /// <param name="backups">Where stories go before an update takes something from them.</param>
    /// <param name="isForced">Whether a file that is cut off may do so; else it is refused.</param>
    /// <param name="files">The files.</param>
    /// <param name="progress">Hears how many are done.</param>
    /// <param name="cancellationToken">Ends the work; what was imported stays.</param>
    public static async Task<IReadOnlyList<FileOutcome>> ImportAsync(
        StoryLibrary library,
        StoryBackups backups,
        bool isForced,
        IReadOnlyList<StoryFile> files,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        var outcomes = new List<FileOutcome>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            progress.Report((i, files.Count));
            if (await ImportAsync(library, backups, isForced, files[i], cancellationToken).ConfigureAwait(false)
                is { } outcome)
            {
                outcomes.Add(outcome);
            }
        }

        progress.Report((files.Count, files.Count));
        return outcomes;
    }

    // Readers know files by their names, and the standard input has none.
    private static FileOutcome Refused(StoryFile file, Exception error) => new(
        file.Path,
        [],
        null,
        file.Content is null ? error.Message : $"What came through {file.Path} is no story. {error.Message}");

    private static async Task<FileOutcome?> ImportAsync(
        StoryLibrary library, StoryBackups backups, bool isForced, StoryFile file, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await StoryFiles.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            return StoryFiles.IsStory(file, bytes.Span)
                ? await ImportAsync(library, backups, isForced, file, bytes, cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (StoryCutOffException error)
        {
            return new FileOutcome(
                file.Path,
                [],
                null,
                $"{error.Message} Or take what is there with --force: it backs the story up first.");
        }
        catch (Exception error) when (error is StoryFormatException or CliException)
        {
            return Refused(file, error);
        }
        catch (StoreException error) when (error.Kind is StoreErrorKind.LimitExceeded
            || UnreadableStories.IsUnreadable(error))
        {
            // Of this file or of the story it would update: the others have nothing to do with it.
            return new FileOutcome(file.Path, [], null, $"Cannot import {Names.Show(file.Path)}: {error.Message}");
        }
    }

    private static async Task<FileOutcome> ImportAsync(
        StoryLibrary library,
        StoryBackups backups,
        bool isForced,
        StoryFile file,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken)
    {
        var accepted = new List<string>();
        while (true)
        {
            try
            {
                var options = new StoryImportOptions
                {
                    CutOffAccepted = accepted, Backups = backups, Format = file.Format,
                };
                var result = await library.ImportAsync(bytes, file.Name, options, cancellationToken)
                    .ConfigureAwait(false);
                return new FileOutcome(file.Path, result.Stories, result.Report, null);
            }
            catch (StoryCutOffException error) when (isForced && !accepted.Contains(error.StoryId))
            {
                // A file holds so many stories, and each is refused once.
                accepted.Add(error.StoryId);
            }
        }
    }
}
