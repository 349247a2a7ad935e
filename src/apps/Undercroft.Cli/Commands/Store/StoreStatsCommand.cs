using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store stats</c>: how big each collection is.</summary>
internal sealed class StoreStatsCommand(CliContext context)
    : CliCommand(context, "stats", "Count documents and bytes by collection.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync("Measuring", progress => storage.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Measure, Progress = progress }, cancellationToken).AsTask())
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(new StoreStatsView(report.StoredBytes, report.Collections), CliJson.Default.StoreStatsView);
            return ExitCode.Ok;
        }

        var table = new TableView("Collection", ">Documents", ">Bytes", ">Deleted");
        foreach (var size in report.Collections)
        {
            table.Add(
                size.Collection,
                Amounts.Count(size.Records),
                Amounts.Bytes(size.ValueBytes),
                Amounts.Count(size.Tombstones));
        }

        run.Output.Table(table);
        run.Output.Note(report.StoredBytes > 0
            ? $"It takes {Amounts.Bytes(report.StoredBytes)} where it is kept. Collections in '$' are Undercroft's own."
            : "Collections in '$' are Undercroft's own.");
        return ExitCode.Ok;
    }
}

/// <summary>What <c>store stats --json</c> writes.</summary>
internal sealed record StoreStatsView(long StoredBytes, IReadOnlyList<CollectionSize> Collections);
