using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store compact</c>: forgets what was deleted long ago, and frees space.</summary>
internal sealed class StoreCompactCommand : CliCommand
{
    private readonly Option<string> age = new("--older-than")
    {
        Description = "Forget only what was deleted longer ago than this. Followers of the feed that have been away "
            + "for longer must begin again.",
        HelpName = "time",
        DefaultValueFactory = static _ => "7d",
    };

    public StoreCompactCommand(CliContext context)
        : base(context, "compact", "Sweep expired documents, forget old deletions and free space.") =>
        Add(age);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var before = run.Host.Clock.GetUtcNow() - Durations.Read(run.Get(age)!, "--older-than");
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var expired = await MaintainAsync("Sweeping", new() { Kind = MaintenanceKind.Expire }).ConfigureAwait(false);
        var compacted = await MaintainAsync("Compacting", new() { Kind = MaintenanceKind.Compact, Before = before })
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new CompactView(before, expired.Changed, compacted.Changed, compacted.StoredBytes),
                CliJson.Default.CompactView);
        }
        else
        {
            run.Output.Line(
                $"{Amounts.Of(expired.Changed, "expired document", "expired documents")} swept, "
                + $"{Amounts.Of(compacted.Changed, "deletion", "deletions")} from before {Amounts.Time(before)} "
                + "forgotten.");
        }

        return ExitCode.Ok;

        Task<MaintenanceReport> MaintainAsync(string title, MaintenanceRequest request) =>
            run.Output.ProgressAsync(title, progress => storage.Store
                .MaintainAsync(request with { Progress = progress }, cancellationToken)
                .AsTask());
    }
}

/// <summary>What <c>store compact --json</c> writes.</summary>
internal sealed record CompactView(DateTimeOffset Before, long Expired, long Forgotten, long StoredBytes);
