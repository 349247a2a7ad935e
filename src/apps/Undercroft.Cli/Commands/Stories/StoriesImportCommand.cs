using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories import</c>: brings files into the store.</summary>
internal sealed class StoriesImportCommand : CliCommand
{
    private readonly Argument<string[]> paths = new("paths")
    {
        Description = "Files, folders to search, and - for the standard input: Twee 3, Twine 2 HTML and JSON, Twine 1 "
            + "HTML, whisker JSON.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> format = FormatNames.FormatOption(
        "--format",
        "The format of the files that are named, and of the standard input. Without it their content tells.",
        "-f");

    private readonly Option<bool> strict = new("--strict")
    {
        Description = "Import nothing if anything would be lost, or a file cannot be read.",
    };

    private readonly Option<bool> force = new("--force")
    {
        Description = "Update stories from files that are cut off, too.",
    };

    private readonly Option<string?> report = new("--report")
    {
        Description = "Write everything noticed to a file, as one line of JSON for each file read.",
        HelpName = "path",
    };

    public StoriesImportCommand(CliContext context)
        : base(context, "import", "Bring stories into the store; those it knows are updated.")
    {
        Add(paths);
        Add(format);
        Add(strict);
        Add(force);
        Add(report);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var files = await StoryFiles
            .FindAsync(run, run.Get(paths)!, FormatNames.Read(run.Get(format)), cancellationToken)
            .ConfigureAwait(false);
        if (run.Get(strict))
        {
            await run.Output
                .ProgressAsync("Checking", progress => StoryImporter.CheckAsync(files, progress, cancellationToken))
                .ConfigureAwait(false);
        }

        var outcomes = await StoryImporter.FindNothingAsync(files, cancellationToken).ConfigureAwait(false)
            ?? await ImportAsync(run, files, cancellationToken).ConfigureAwait(false);
        if (run.Get(report) is { } path)
        {
            await ReportFile.WriteAsync(path, outcomes.Select(static outcome => outcome.Report), cancellationToken)
                .ConfigureAwait(false);
        }

        Show(run, outcomes);
        return outcomes.Any(static outcome => outcome.Error is not null) ? ExitCode.Failure
            : outcomes.Count == 0 ? ExitCode.NotFound
            : ExitCode.Ok;
    }

    private async Task<IReadOnlyList<FileOutcome>> ImportAsync(
        CliRun run, IReadOnlyList<StoryFile> files, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var closed = library.ConfigureAwait(false);
        var backups = new StoryBackups(storage, library, new StoryBackupOptions { Clock = run.Host.Clock });
        var isForced = run.Get(force);
        return await run.Output
            .ProgressAsync(
                "Importing",
                progress => StoryImporter.ImportAsync(library, backups, isForced, files, progress, cancellationToken))
            .ConfigureAwait(false);
    }

    private static void Show(CliRun run, IReadOnlyList<FileOutcome> outcomes)
    {
        var view = ImportView.Of(run.Choice.Uri.ToString(), outcomes);
        if (run.IsJson)
        {
            run.Output.Json(view, CliJson.Default.ImportView);
        }
        else
        {
            run.Output.Table(TableOf(view));
        }

        foreach (var outcome in outcomes)
        {
            foreach (var backup in outcome.Stories.Select(static story => story.Backup).OfType<StoryBackup>())
            {
                run.Output.Note($"{Names.Show(backup.Name)} ({backup.StoryId}) was backed up first: {backup.Number}.");
            }

            foreach (var story in view.Stories.Where(one => one.Path == outcome.File && one.SameAs is not null))
            {
                run.Output.Note(
                    $"{outcome.File}: noticed: it holds the same story as {story.SameAs} in this import, "
                    + $"{Names.Show(Titles.Of(story.Story.Name, null))}, and has taken its place.");
            }

            if (outcome.Error is { } error)
            {
                run.Output.Note($"{CliApp.Name}: {error}");
            }
            else if (outcome.Report is { } noticed && !run.IsJson)
            {
                Losses.Show(run.Output, outcome.File, noticed);
            }
        }

        run.Output.Note(outcomes.Count == 0
            ? "No file there holds a story: expected Twee 3, Twine 2 HTML or JSON, Twine 1 HTML, or whisker JSON."
            : $"{Amounts.Of(view.Stories.Count, "story", "stories")} imported into {view.Store}, {view.New} new.");
    }

    private static TableView TableOf(ImportView view)
    {
        var table = new TableView("Title", ">Passages", ">Changed", ">Removed", ">Lost", "File", "Id");
        foreach (var imported in view.Stories)
        {
            table.Add(
                Titles.Of(imported.Story.Name, null),
                Amounts.Count(imported.Story.Passages),
                imported.IsNew ? "new" : Amounts.Count(imported.PassagesChanged),
                Amounts.Count(imported.PassagesRemoved),
                Amounts.Count(imported.Losses),
                imported.Story.File ?? "",
                imported.Story.Id);
        }

        return table;
    }
}

/// <summary>What <c>stories import --json</c> writes.</summary>
internal sealed record ImportView(
    string Store, int New, IReadOnlyList<ImportedStoryView> Stories, IReadOnlyList<FailedFileView> Failed)
{
    public static ImportView Of(string store, IReadOnlyList<FileOutcome> outcomes)
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        var stories = new List<ImportedStoryView>();
        foreach (var outcome in outcomes)
        {
            foreach (var story in outcome.Stories)
            {
                var earlier = last.GetValueOrDefault(story.Summary.Id);
                last[story.Summary.Id] = outcome.File;
                stories.Add(new ImportedStoryView(
                    StoryView.Of(story.Summary),
                    outcome.File,
                    story.IsNew,
                    story.PassagesChanged,
                    story.PassagesRemoved,
                    Losses.Count(outcome.Report!, story.Summary.Id),
                    earlier == outcome.File ? null : earlier));
            }
        }

        return new ImportView(
            store,
            stories.Count(static story => story.IsNew),
            stories,
            [
                .. from outcome in outcomes
                   let error = outcome.Error
                   where error is not null
                   select new FailedFileView(outcome.File, error),
            ]);
    }
}

/// <summary>A story that was imported; <c>sameAs</c> is the file of this import whose story it has replaced.</summary>
internal sealed record ImportedStoryView(
    StoryView Story,
    string Path,
    bool IsNew,
    int PassagesChanged,
    int PassagesRemoved,
    int Losses,
    string? SameAs);

/// <summary>A file that could not be read.</summary>
internal sealed record FailedFileView(string Path, string Error);
