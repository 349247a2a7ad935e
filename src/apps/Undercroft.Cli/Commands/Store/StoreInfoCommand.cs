using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store info</c>: what the store is and can do.</summary>
internal sealed class StoreInfoCommand(CliContext context)
    : CliCommand(context, "info", "Say what the store is, where it is kept and what it can do.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var view = StoreInfoView.Of(storage.Info, run.Choice);
        if (run.IsJson)
        {
            run.Output.Json(view, CliJson.Default.StoreInfoView);
            return ExitCode.Ok;
        }

        var table = new TableView("Store", view.Uri);
        table.Add("why this one", run.Choice.Reason);
        table.Add("backend", view.Backend);
        table.Add("kept at", view.Location ?? "nowhere: it ends with the process");
        table.Add("can", view.Capabilities.Count == 0 ? "what every store can" : string.Join(", ", view.Capabilities));
        table.Add("durability", $"{string.Join(", ", view.DurabilityLevels)} (usually {view.DefaultDurability})");
        table.Add("epoch", view.Epoch.ToString());
        table.Add("longest value", Amounts.Bytes(view.ValueBytesMax));
        table.Add("longest commit", $"{Amounts.Of(view.OperationsMax, "operation", "operations")}");
        table.Add("largest commit", Amounts.Bytes(view.CommitBytesMax));
        run.Output.Table(table);
        return ExitCode.Ok;
    }
}

/// <summary>What <c>store info --json</c> writes.</summary>
internal sealed record StoreInfoView(
    string Uri,
    string ChosenBy,
    string Backend,
    string? Location,
    Guid Epoch,
    IReadOnlyList<string> Capabilities,
    IReadOnlyList<string> DurabilityLevels,
    string DefaultDurability,
    long ValueBytesMax,
    long OperationsMax,
    long CommitBytesMax)
{
    public static StoreInfoView Of(StoreInfo info, StoreChoice choice)
    {
        // What only this look at the store cannot do is no property of the store.
        var hidden = StoreAccess.CanNarrow(choice.Uri) ? StoreCapabilities.ReadOnly : StoreCapabilities.None;
        return Of(info, choice, info.Capabilities & ~hidden);
    }

    internal static string Lower<T>(T name)
        where T : struct, Enum
    {
        var text = name.ToString();
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static StoreInfoView Of(StoreInfo info, StoreChoice choice, StoreCapabilities capabilities) => new(
        choice.Uri.ToString(),
        choice.Source,
        info.Backend,
        info.Location,
        info.Epoch,
        [.. Enum.GetValues<StoreCapabilities>()
            .Where(flag => flag != StoreCapabilities.None && capabilities.HasFlag(flag))
            .Select(Lower)],
        [.. info.DurabilityLevels.Select(Lower)],
        Lower(info.DefaultDurability),
        info.Limits.ValueBytesMax,
        info.Limits.OperationsMax,
        info.Limits.CommitBytesMax);
}
