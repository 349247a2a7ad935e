using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Stories;

/// <summary>Writes exported files: each whole or not at all.</summary>
internal static class ExportWriter
{
    /// <summary>Writes the files, or one to the standard output where no target is named. A file that is there just so
    /// is passed over, so that an export that was interrupted goes on when it is run again.</summary>
    /// <returns>The files, marked where they were there.</returns>
    /// <exception cref="CliException">Something else is in the way, or the system refuses.</exception>
    public static async Task<IReadOnlyList<ExportFile>> WriteAsync(
        CliRun run,
        ExportPlan plan,
        IReadOnlyList<ExportFile> files,
        bool overwrites,
        CancellationToken cancellationToken)
    {
        if (plan.Target is null)
        {
            await (run.IsJson ? Task.CompletedTask : run.Output.BytesAsync(files[0].Bytes, cancellationToken))
                .ConfigureAwait(false);
            return files;
        }

        try
        {
            ExportFile[] marked = [.. files.Select(static file => file with { IsUnchanged = IsThere(file) })];
            if (!overwrites && marked.FirstOrDefault(static file => !file.IsUnchanged && Path.Exists(file.Path)) is
                { } taken)
            {
                throw new CliException(
                    ExitCode.Conflict,
                    $"There is something else at {Names.Show(taken.Path)} already. Nothing was written; --force "
                    + "overwrites it.");
            }

            if (plan.IsFolder)
            {
                _ = Directory.CreateDirectory(plan.Target);
            }

            foreach (var file in marked.Where(static file => !file.IsUnchanged))
            {
                await WholeFile.ReplaceAsync(file.Path!, file.Bytes, cancellationToken).ConfigureAwait(false);
            }

            return marked;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot write to {Names.Show(plan.Target)}: {error.Message}");
        }
    }

    private static bool IsThere(ExportFile file) =>
        new FileInfo(file.Path!) is { Exists: true } found
        && found.Length == file.Bytes.Length
        && File.ReadAllBytes(file.Path!).AsSpan().SequenceEqual(file.Bytes.Span);
}
