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
            run.Output.Json(new VerifyView(isSound, report.Examined, report.Problems), CliJson.Default.VerifyView);
            return isSound ? ExitCode.Ok : ExitCode.Failure;
        }

        foreach (var problem in report.Problems)
        {
            run.Output.Line(problem);
        }

        run.Output.Line(isSound
            ? $"The store is sound: {Amounts.Of(report.Examined, "record", "records")} read."
            : $"{Amounts.Of(report.Problems.Count, "problem", "problems")} in "
                + $"{Amounts.Of(report.Examined, "record", "records")}. Stop writing and restore from a backup.");
        return isSound ? ExitCode.Ok : ExitCode.Failure;
    }
}

/// <summary>What <c>store verify --json</c> writes.</summary>
internal sealed record VerifyView(bool Sound, long Examined, IReadOnlyList<string> Problems);
