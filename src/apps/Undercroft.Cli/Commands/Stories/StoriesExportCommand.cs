using System.CommandLine;
using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories export</c>: writes stories as files.</summary>
internal sealed class StoriesExportCommand : CliCommand
{
    private readonly Argument<string[]> stories = StoriesCommands.Stories("The stories; without one, all.");

    private readonly Option<string?> format = FormatNames.FormatOption(
        "--format", "Without it the target's name decides, or else the format a story came in.", "-f");

    private readonly Option<string?> dialect = FormatNames.DialectOption();

    private readonly Option<string?> target = new("--out", "-o")
    {
        Description = "A file for all of them, or a folder, with a slash at its end, for one file each. Without it the "
            + "standard output.",
        HelpName = "path",
    };

    private readonly Option<bool> force = new("--force") { Description = "Overwrite files that are there." };

    private readonly Option<bool> strict = new("--strict") { Description = "Write nothing if anything would be lost." };

    private readonly Option<string?> report = new("--report")
    {
        Description = "Write everything noticed to a file, as one line of JSON for each file written.",
        HelpName = "path",
    };

    public StoriesExportCommand(CliContext context)
        : base(context, "export", "Write stories as files in any of the formats, and check them by reading them back.")
    {
        Add(stories);
        Add(format);
        Add(dialect);
        Add(target);
        Add(force);
        Add(strict);
        Add(report);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var plan = new ExportPlan(
            run.Get(target), FormatNames.Read(run.Get(format)), FormatNames.ReadDialect(run.Get(dialect)));
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var unreadable = new UnreadableStories(run);
        var files = await run.Output
            .ProgressAsync(
                "Exporting", progress => MakeAsync(run, storage, plan, unreadable, progress, cancellationToken))
            .ConfigureAwait(false);
        if (files.Count == 0)
        {
            return unreadable.Show() == ExitCode.Ok
                ? throw new CliException(ExitCode.NotFound, $"There is no story to export in '{run.Choice.Uri}'.")
                : ExitCode.Failure;
        }

        Check(run, files);
        files = await ExportWriter.WriteAsync(run, plan, files, run.Get(force), cancellationToken)
            .ConfigureAwait(false);
        if (run.Get(report) is { } path)
        {
            await ReportFile.WriteAsync(path, files.Select(static file => file.Report), cancellationToken)
                .ConfigureAwait(false);
        }

        ConvertOutput.Show(run, plan, files);
        return unreadable.Show();
    }

    private async Task<IReadOnlyList<ExportFile>> MakeAsync(
        CliRun run,
        Storage storage,
        ExportPlan plan,
        UnreadableStories unreadable,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        var ids = await StoryFinder
            .FindIdsAsync(storage, run.Get(stories) ?? [], unreadable, cancellationToken)
            .ConfigureAwait(false);
        var loaded = new List<Story>(ids.Count);
        foreach (var id in ids)
        {
            progress.Report((loaded.Count, ids.Count));
            if (await unreadable.LoadAsync(storage, id, cancellationToken).ConfigureAwait(false) is { } story)
            {
                loaded.Add(story);
            }
        }

        return loaded.Count == 0 ? [] : [.. plan.Make(loaded)];
    }

    private void Check(CliRun run, IReadOnlyList<ExportFile> files)
    {
        if (run.Get(strict) && files.FirstOrDefault(static file => !file.IsLossless) is { } lossy)
        {
            var loss = lossy.Report.Entries.FirstOrDefault(Losses.IsLoss);
            throw new CliException(
                ExitCode.Loss,
                $"{lossy.Format} cannot hold all of {Names.Show(lossy.StoryIds[0])}: {loss?.Reason} ({loss?.Code}) "
                + "Nothing was written; choose another format, or export without --strict.");
        }
    }
}

/// <summary>What <c>stories export --json</c> writes.</summary>
internal sealed record ExportView(IReadOnlyList<ExportedFileView> Files);

/// <summary>A file that was written; its text where it was not, because no target was named.</summary>
internal sealed record ExportedFileView(
    string? Path,
    string Format,
    IReadOnlyList<string> Stories,
    int Bytes,
    bool Lossless,
    bool Unchanged,
    string? Text)
{
    public static ExportedFileView Of(ExportFile file) => new(
        file.Path,
        file.Format,
        file.StoryIds,
        file.Bytes.Length,
        file.IsLossless,
        file.IsUnchanged,
        file.Path is null ? Encoding.UTF8.GetString(file.Bytes.Span) : null);
}
