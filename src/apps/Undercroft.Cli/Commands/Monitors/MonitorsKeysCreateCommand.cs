using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors keys create</c>: makes a key.</summary>
internal sealed class MonitorsKeysCreateCommand : CliCommand
{
    private readonly Argument<string> name = new("name") { Description = "What to call it: who will use it." };

    private readonly Option<bool> readOnly = new("--read-only") { Description = "Make a key that only looks." };

    public MonitorsKeysCreateCommand(CliContext context)
        : base(context, "create", "Make a key; it is shown this once.")
    {
        Add(name);
        Add(readOnly);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var scope = run.Get(readOnly) ? MonitorApiScope.Read : MonitorApiScope.Write;
        var (key, text) = await new MonitorApiKeys(storage, run.Host.Clock)
            .CreateAsync(run.Require(name), scope, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new ApiKeyView(key.Id, key.Name, scope.ToString().ToLowerInvariant(), key.CreatedAt, text),
                CliJson.Default.ApiKeyView);
        }
        else
        {
            run.Output.Line(text);
            run.Output.Note("Keep it: it is shown this once. Callers send it as 'Authorization: Bearer …'.");
        }

        return ExitCode.Ok;
    }
}
