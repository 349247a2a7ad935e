using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store delete</c>: deletes one document.</summary>
internal sealed class StoreDeleteCommand : CliCommand
{
    private readonly Argument<string> collection = StoreArguments.Collection();
    private readonly Argument<string> id = StoreArguments.Id();

    private readonly Option<string?> revision = StoreArguments.IfRevision(
        "Delete only if the document is at this revision.");

    public StoreDeleteCommand(CliContext context)
        : base(context, "delete", "Delete one document.")
    {
        Add(collection);
        Add(id);
        Add(revision);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var key = new RecordKey(run.Require(collection), run.Require(id));
        var definition = new CollectionDefinition<RawJson>(key.Collection, RawJson.Codec);
        var expected = StoreArguments.ReadHeldRevision(run.Get(revision), "document");
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var documents = storage.Repository(definition);
        if (!await documents.DeleteAsync(key.Id, expected, cancellationToken).ConfigureAwait(false))
        {
            throw StoreGetCommand.NotFound(key);
        }

        if (run.IsJson)
        {
            run.Output.Json(new DeletedView(key.Collection, key.Id), CliJson.Default.DeletedView);
        }
        else
        {
            run.Output.Line($"{key} is deleted.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store delete --json</c> writes.</summary>
internal sealed record DeletedView(string Collection, string Id);
