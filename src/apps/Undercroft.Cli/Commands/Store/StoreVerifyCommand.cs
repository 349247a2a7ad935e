using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store verify</c>: reads everything and says what does not fit together.</summary>
internal sealed class StoreVerifyCommand(CliContext context)
    : CliCommand(context, "verify", "Read everything and say what does not fit together; change nothing.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync("Verifying", progress => storage.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify, Progress = progress }, cancellationToken).AsTask())
            .ConfigureAwait(false);
        var isSound = report.Problems.Count == 0;
        if (run.IsJson)
        {
            run.Output.Json(
                new VerifyView(isSound, report.Examined, report.Problems, report.Remarks), CliJson.Default.VerifyView);
        }
        else
        {
            Show(run, report);
        }

        return isSound && report.Remarks.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Show(CliRun run, MaintenanceReport report)
    {
        foreach (var found in report.Problems.Concat(report.Remarks))
        {
            run.Output.Line(found);
        }

        var read = $"{Amounts.Of(report.Examined, "record", "records")}";
        run.Output.Line(report.Problems.Count > 0
            ? $"{Amounts.Of(report.Problems.Count, "problem", "problems")} in {read}. Stop writing and restore from a "
                + "backup."
            : report.Remarks.Count > 0
            ? $"The store is sound: {read} read. {Amounts.Of(report.Remarks.Count, "document", "documents")} to mend."
            : $"The store is sound: {read} read.");
    }
}

/// <summary>What <c>store verify --json</c> writes.</summary>
internal sealed record VerifyView(
    bool Sound, long Examined, IReadOnlyList<string> Problems, IReadOnlyList<string> Remarks);
