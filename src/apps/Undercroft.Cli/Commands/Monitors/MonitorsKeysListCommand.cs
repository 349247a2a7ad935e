using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors keys list</c>: the keys there are.</summary>
internal sealed class MonitorsKeysListCommand(CliContext context)
    : CliCommand(context, "list", "List the keys, without their texts.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var keys = await new MonitorApiKeys(storage, run.Host.Clock).ListAsync(cancellationToken)
            .ConfigureAwait(false);
        var table = new TableView("Id", "Name", "Allows to", "Made");
        foreach (var key in keys)
        {
            var scope = key.Scope.ToString().ToLowerInvariant();
            if (run.IsJson)
            {
                run.Output.Json(
                    new ApiKeyView(key.Id, key.Name, scope, key.CreatedAt), CliJson.Default.ApiKeyView);
            }

            table.Add(key.Id, key.Name, scope, Amounts.Time(key.CreatedAt));
        }

        if (!run.IsJson)
        {
            run.Output.Table(table);
            run.Output.Note($"{Amounts.Of(keys.Count, "key", "keys")}.");
        }

        return ExitCode.Ok;
    }
}
