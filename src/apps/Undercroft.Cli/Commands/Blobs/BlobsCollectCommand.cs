using System.CommandLine;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs gc</c>: deletes the chunks nothing refers to.</summary>
internal sealed class BlobsCollectCommand : CliCommand
{
    private readonly Option<string> grace = new("--grace")
    {
        Description = "Spare what has not been in the store for so long, as an earlier run has seen. Copies and "
            + "restores that run meanwhile need it; uploads do not.",
        HelpName = "time",
        DefaultValueFactory = static _ => "1h",
    };

    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Only tell what would go." };

    private readonly HeldBackOption heldBack = new();

    public BlobsCollectCommand(CliContext context)
        : base(context, "gc", "Delete the chunks that no blob and no upload refers to, while others go on writing.")
    {
        Add(grace);
        Add(dryRun);
        Add(heldBack);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var isDry = run.Get(dryRun);
        var spare = Durations.Read(run.Get(grace)!, "--grace");
        var wait = heldBack.Read(run);
        var storage = await run.OpenAsync(isDry ? StoreUse.Read : StoreUse.Change, cancellationToken)
            .ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync("Collecting", progress => storage.Blobs.CollectAsync(
            new BlobCollectOptions
            {
                Grace = spare,
                IsDryRun = isDry,
                HeldBack = wait,
                Progress = progress.Toward(0),
            },
            cancellationToken).AsTask()).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new BlobsCollectView(report.Examined, report.Deleted, report.DeletedBytes, report.Spared, isDry),
                CliJson.Default.BlobsCollectView);
        }
        else
        {
            run.Output.Line(
                $"{Amounts.Of(report.Deleted, "chunk", "chunks")} of {Amounts.Bytes(report.DeletedBytes)} "
                + $"{(isDry ? "would be deleted" : "deleted")}, {Amounts.Count(report.Spared)} spared, "
                + $"{Amounts.Count(report.Examined)} examined.");
            if (report.Spared > 0)
            {
                run.Output.Note("What was spared goes with a run after the grace, or now with --grace 0s.");
            }
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store blobs gc --json</c> writes.</summary>
internal sealed record BlobsCollectView(long Examined, long Deleted, long DeletedBytes, long Spared, bool DryRun);
