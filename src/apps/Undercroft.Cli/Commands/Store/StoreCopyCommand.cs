using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Copies;

namespace Undercroft.Cli.Commands;

/// <summary><c>store copy</c>: one store into another, of any two kinds.</summary>
internal sealed class StoreCopyCommand : CliCommand
{
    private readonly Argument<string> from = new("from") { Description = "The store to copy, as a URI." };

    private readonly Argument<string> to = new("to")
    {
        Description = "The store to copy into, as a URI; it is made where it is not there.",
    };

    private readonly Option<bool> live = new("--live")
    {
        Description = "Follow the store when everything is copied, until Ctrl-C.",
    };

    private readonly Option<bool> overwrite = new("--overwrite")
    {
        Description = "Copy into a store that holds documents already, and overwrite those of the same id.",
    };

    private readonly Option<bool> mirror = new("--mirror")
    {
        Description = "Copy into a store that holds documents already, and delete there what is not in the other.",
    };

    private readonly HeldBackOption heldBack = new();

    public StoreCopyCommand(CliContext context)
        : base(
            context,
            "copy",
            "Copy a store into another, of any two kinds. Stopped or killed, it goes on where it was when run again.")
    {
        Add(from);
        Add(to);
        Add(live);
        Add(overwrite);
        Add(mirror);
        Add(heldBack);
        Validators.Add(result =>
        {
            if (result.GetValue(overwrite) && result.GetValue(mirror))
            {
                result.AddError("--overwrite and --mirror exclude each other.");
            }
        });
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var wait = heldBack.Read(run);
        var target = StoreChoice.Of(run.Require(to), "the target");
        var source = await run
            .OpenAsync(StoreChoice.Of(run.Require(from), "the source"), StoreUse.Read, cancellationToken)
            .ConfigureAwait(false);
        await using var ownedSource = source.ConfigureAwait(false);
        var sink = await run.OpenAsync(target, StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var ownedSink = sink.ConfigureAwait(false);
        var options = new StoreCopyOptions
        {
            IsLive = run.Get(live),
            HeldBack = wait,
            Target = run.Get(overwrite) ? CopyTarget.Overwrite
                : run.Get(mirror) ? CopyTarget.Mirror
                : CopyTarget.Empty,
        };
        var copy = new StoreCopy(source.Store, sink.Store, options, run.Host.Clock);
        try
        {
            var report = options.IsLive
                ? await FollowAsync(run, copy, target, cancellationToken).ConfigureAwait(false)
                : await run.Output.ProgressAsync("Copying", async progress =>
                {
                    var total = await Totals.OfAsync(source.Store, cancellationToken).ConfigureAwait(false);
                    var relay = new Relay<CopyReport>(done => progress.Report((done.Records, total)));
                    return await copy.RunAsync(relay, cancellationToken).ConfigureAwait(false);
                }).ConfigureAwait(false);
            Show(run, target, report);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (!run.IsJson)
            {
                run.Output.Note("Stopped. Run the same command again to go on from here.");
            }

            return ExitCode.Cancelled;
        }
    }

    private static Task<CopyReport> FollowAsync(
        CliRun run, StoreCopy copy, StoreChoice target, CancellationToken cancellationToken)
    {
        var isTold = false;
        return copy.RunAsync(
            new Relay<CopyReport>(report =>
            {
                if (run.IsJson)
                {
                    Show(run, target, report);
                }
                else if (report.HasCaughtUp && !isTold)
                {
                    isTold = true;
                    Show(run, target, report);
                    run.Output.Note("Following, until Ctrl-C.");
                }

                run.Output.FlushAsync().GetAwaiter().GetResult();
            }),
            cancellationToken);
    }

    private static void Show(CliRun run, StoreChoice target, CopyReport report)
    {
        if (run.IsJson)
        {
            run.Output.Json(
                new CopyView(
                    UriText.Shown(target.Uri), report.Records, report.Deletions, report.Bytes, report.Rescans,
                    report.IsResumed, report.HasCaughtUp),
                CliJson.Default.CopyView);
            return;
        }

        run.Output.Line($"Copied into {UriText.Shown(target.Uri)}: {Amounts.Of(report.Records, "record", "records")}, "
            + $"{Amounts.Of(report.Deletions, "deletion", "deletions")}, {Amounts.Bytes(report.Bytes)}"
            + (report.IsResumed ? ", earlier runs included." : "."));
    }
}

/// <summary>What <c>store copy --json</c> writes; with <c>--live</c>, one for each batch.</summary>
internal sealed record CopyView(
    string Target, long Records, long Deletions, long Bytes, int Rescans, bool Resumed, bool CaughtUp);
