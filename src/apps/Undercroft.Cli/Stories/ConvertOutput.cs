using Undercroft.Cli.Commands;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Shows what came of conversions.</summary>
internal static class ConvertOutput
{
    /// <summary>How many files that are left are named.</summary>
    private const int LeftMax = 10;

    /// <summary>Shows files that were exported.</summary>
    public static void Show(CliRun run, ExportPlan plan, IReadOnlyList<ExportFile> files)
    {
        if (run.IsJson)
        {
            run.Output.Json(new ExportView([.. files.Select(ExportedFileView.Of)]), CliJson.Default.ExportView);
            return;
        }

        foreach (var file in files)
        {
            Losses.Show(run.Output, file.Path ?? file.StoryIds[0], file.Report);
            if (plan.Target is not null)
            {
                run.Output.Line(
                    $"{file.Path}: {Amounts.Of(file.StoryIds.Count, "story", "stories")} as {file.Format}, "
                    + $"{Amounts.Bytes(file.Bytes.Length)}, {(file.IsLossless ? "nothing lost" : "with losses")}"
                    + (file.IsUnchanged ? ", there already" : ""));
            }
        }
    }

    /// <summary>Shows what became of the files of a folder, and what earlier conversions have left.</summary>
    public static void Show(
        CliRun run, IReadOnlyList<StoryBatchFile> files, IReadOnlyList<string> left, bool isPruned, bool isDryRun)
    {
        var view = ConvertView.Of(files, left, isPruned && !isDryRun, isDryRun);
        if (run.IsJson)
        {
            run.Output.Json(view, CliJson.Default.ConvertView);
            return;
        }

        var table = new TableView("File", "From", "Outcome", ">Lost", "Result");
        foreach (var file in view.Files.Where(static file => file.Outcome != StoryBatchOutcome.PassedOver))
        {
            table.Add(
                file.Source,
                file.From ?? "",
                file.Outcome.ToString(),
                Amounts.Count(file.Losses),
                string.Join(", ", file.Results));
        }

        run.Output.Table(table);
        foreach (var failed in files.Where(static file => file.Outcome == StoryBatchOutcome.Failed))
        {
            run.Output.Note($"{CliApp.Name}: {failed.Source}: {failed.Error}");
        }

        if (left.Count > 0)
        {
            run.Output.Note(
                $"{Amounts.Of(left.Count, "file", "files")} of earlier conversions that no source makes any "
                + (!isPruned ? "more, left as they are; --prune deletes them: "
                    : isDryRun ? "more would be deleted: "
                    : "more deleted: ")
                + $"{string.Join(", ", left.Take(LeftMax).Select(Names.Show))}"
                + (left.Count > LeftMax ? ", …" : "."));
        }

        run.Output.Note(
            $"{Amounts.Of(view.Converted, "file", "files")} {(isDryRun ? "would be " : "")}converted, "
            + $"{Amounts.Count(view.Unchanged)} unchanged, {Amounts.Count(view.Failed)} failed, "
            + $"{Amounts.Count(view.PassedOver)} passed over.");
    }
}
