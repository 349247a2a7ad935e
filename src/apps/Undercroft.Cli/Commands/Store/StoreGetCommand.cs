using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store get</c>: one document, byte for byte.</summary>
internal sealed class StoreGetCommand : CliCommand
{
    private readonly Argument<string> collection = StoreArguments.Collection();
    private readonly Argument<string> id = StoreArguments.Id();

    public StoreGetCommand(CliContext context)
        : base(context, "get", "Print one document as it is stored; with --json, what the store knows about it too.")
    {
        Add(collection);
        Add(id);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var key = new RecordKey(run.Require(collection), run.Require(id));
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var read = await storage.Store.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
        var record = read[0] ?? throw NotFound(key);
        if (run.IsJson)
        {
            run.Output.Json(DocumentView.Of(record), CliJson.Default.DocumentView);
        }
        else
        {
            await run.Output.BytesAsync(record.Value, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    internal static CliException NotFound(RecordKey key) => new(
        ExitCode.NotFound,
        $"There is no document {Names.Show(key.Id)} in the collection {Names.Show(key.Collection)}. "
        + $"See what there is with '{CliApp.Name} store stats' and '{CliApp.Name} store query'.");
}
