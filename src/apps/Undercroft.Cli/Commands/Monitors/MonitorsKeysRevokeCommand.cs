using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors keys revoke</c>: makes a key useless.</summary>
internal sealed class MonitorsKeysRevokeCommand : CliCommand
{
    private readonly Argument<string> key = new("key") { Description = "The key's id, as 'keys list' shows it." };

    public MonitorsKeysRevokeCommand(CliContext context)
        : base(context, "revoke", "Make a key useless, at once.") => Add(key);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var id = run.Require(key);
        if (!await new MonitorApiKeys(storage, run.Host.Clock).RevokeAsync(id, cancellationToken)
            .ConfigureAwait(false))
        {
            throw new CliException(
                ExitCode.NotFound, $"There is no key {Names.Show(id)}. See '{CliApp.Name} monitors keys list'.");
        }

        if (run.IsJson)
        {
            run.Output.Json(new MonitorDeletedView(id, true), CliJson.Default.MonitorDeletedView);
        }
        else
        {
            run.Output.Line("Revoked.");
        }

        return ExitCode.Ok;
    }
}
