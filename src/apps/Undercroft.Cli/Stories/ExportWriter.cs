using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Stories;

/// <summary>Writes exported files: each whole or not at all.</summary>
internal static class ExportWriter
{
    /// <summary>Writes the files, or one to the standard output where no target is named.</summary>
    /// <exception cref="CliException">Something is in the way, or the system refuses.</exception>
    public static async Task WriteAsync(
        CliRun run,
        ExportPlan plan,
        IReadOnlyList<ExportFile> files,
        bool overwrites,
        CancellationToken cancellationToken)
    {
        if (!overwrites && files.FirstOrDefault(static file => Path.Exists(file.Path)) is { } taken)
        {
            throw new CliException(
                ExitCode.Conflict,
                $"There is something at {Names.Show(taken.Path)} already. Nothing was written; --force overwrites it.");
        }

        if (plan.Target is null)
        {
            await (run.IsJson ? Task.CompletedTask : run.Output.BytesAsync(files[0].Bytes, cancellationToken))
                .ConfigureAwait(false);
            return;
        }

        try
        {
            if (plan.IsFolder)
            {
                _ = Directory.CreateDirectory(plan.Target);
            }

            foreach (var file in files)
            {
                await WholeFile.ReplaceAsync(file.Path!, file.Bytes, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot write to {Names.Show(plan.Target)}: {error.Message}");
        }
    }
}
