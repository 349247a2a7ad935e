using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories convert</c>: makes files of one format out of files of any, without a store.</summary>
internal sealed class StoriesConvertCommand : CliCommand
{
    private readonly Argument<string> source = new("source")
    {
        Description = "A file, or a folder with all below it.",
    };

    private readonly Option<string?> format = FormatNames.FormatOption("--to", "The format to write.");

    private readonly Option<string?> dialect = FormatNames.DialectOption();

    private readonly Option<string?> target = new("--out", "-o")
    {
        Description = "The file or folder for the result; a folder where the source is one. Without it the standard "
            + "output.",
        HelpName = "path",
    };

    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Convert and check, and write nothing." };

    private readonly Option<bool> force = new("--force") { Description = "Overwrite files that are there." };

    private readonly Option<bool> strict = new("--strict")
    {
        Description = "Do not write a file of which anything would be lost.",
    };

    private readonly Option<bool> prune = new("--prune")
    {
        Description = "Of a folder: delete what earlier conversions made of sources that are gone, where nobody "
            + "changed it.",
    };

    public StoriesConvertCommand(CliContext context)
        : base(context, "convert", "Convert files from any format into one, and report what does not arrive.")
    {
        format.Required = true;
        Add(source);
        Add(format);
        Add(dialect);
        Add(target);
        Add(dryRun);
        Add(force);
        Add(strict);
        Add(prune);
    }

    protected override Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var path = run.Require(source);
        if (Directory.Exists(path))
        {
            return ConvertFolderAsync(run, path, cancellationToken);
        }

        return File.Exists(path)
            ? ConvertFileAsync(run, path, cancellationToken)
            : throw new CliException(
                ExitCode.NotFound, $"There is no file or folder {Names.Show(path)}. Check the path.");
    }

    private async Task<ExitCode> ConvertFolderAsync(CliRun run, string folder, CancellationToken cancellationToken)
    {
        if (run.Get(target) is not { } into)
        {
            throw new CliException(ExitCode.Usage, "The source is a folder: name one for the results by --out.");
        }

        var batch = Plan(run, folder, into);
        var results = await run.Output
            .ProgressAsync("Converting", progress => RunAsync(batch, progress, cancellationToken))
            .ConfigureAwait(false);
        var isPruned = run.Get(prune);
        var left = isPruned
            ? await batch.PruneAsync(cancellationToken).ConfigureAwait(false)
            : await batch.FindLeftAsync(cancellationToken).ConfigureAwait(false);
        ConvertOutput.Show(run, results, left, isPruned, run.Get(dryRun));
        return results.Any(static file => file.Outcome == StoryBatchOutcome.Failed) ? ExitCode.Failure
            : results.All(static file => file.Outcome == StoryBatchOutcome.PassedOver) ? ExitCode.NotFound
            : ExitCode.Ok;
    }

    private StoryBatch Plan(CliRun run, string folder, string into) =>
        StoryBatch.Plan(folder, into, new StoryBatchOptions
        {
            Format = FormatNames.Read(run.Get(format))!,
            Dialect = FormatNames.ReadDialect(run.Get(dialect)),
            DryRun = run.Get(dryRun),
            Overwrite = run.Get(force),
            Strict = run.Get(strict),
        });

    private static async Task<List<StoryBatchFile>> RunAsync(
        StoryBatch batch, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var results = new List<StoryBatchFile>(batch.Files.Count);
        await foreach (var file in batch.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            results.Add(file);
            progress.Report((results.Count, batch.Files.Count));
        }

        return results;
    }

    private async Task<ExitCode> ConvertFileAsync(CliRun run, string path, CancellationToken cancellationToken)
    {
        var bytes = await Inputs.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        var read = StoryFormats.Read(bytes, Path.GetFileName(path));
        var plan = new ExportPlan(
            run.Get(target), FormatNames.Read(run.Get(format)), FormatNames.ReadDialect(run.Get(dialect)));
        IReadOnlyList<ExportFile> files = [.. plan.Make(read.Stories)];
        var losses = read.Report.Entries.Concat(files.SelectMany(static file => file.Report.Entries));
        if (run.Get(strict) && losses.FirstOrDefault(Losses.IsLoss) is { } loss)
        {
            throw new CliException(
                ExitCode.Loss, $"Something would be lost: {loss.Reason} ({loss.Code}) Nothing was written.");
        }

        if (!run.Get(dryRun))
        {
            files = await ExportWriter.WriteAsync(run, plan, files, run.Get(force), cancellationToken)
                .ConfigureAwait(false);
        }

        Losses.Show(run.Output, path, read.Report);
        ConvertOutput.Show(run, plan, files);
        return ExitCode.Ok;
    }
}
