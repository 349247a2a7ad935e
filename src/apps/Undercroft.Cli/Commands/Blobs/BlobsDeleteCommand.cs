using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs rm</c>: deletes one blob.</summary>
internal sealed class BlobsDeleteCommand : CliCommand
{
    private readonly Argument<string> name = BlobsCommands.Name();

    private readonly Option<string?> revision = StoreArguments.IfRevision("Delete only if it is at this revision.");

    public BlobsDeleteCommand(CliContext context)
        : base(context, "rm", "Delete one blob. Its bytes go with the next 'gc'.")
    {
        Add(name);
        Add(revision);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var blob = run.Require(name);
        var expected = StoreArguments.ReadHeldRevision(run.Get(revision), "blob");
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        if (!await storage.Blobs.DeleteAsync(blob, expected, cancellationToken).ConfigureAwait(false))
        {
            throw BlobsCommands.NotFound(blob);
        }

        if (run.IsJson)
        {
            run.Output.Json(new BlobDeletedView(blob), CliJson.Default.BlobDeletedView);
        }
        else
        {
            run.Output.Line($"{blob} is deleted.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store blobs rm --json</c> writes.</summary>
internal sealed record BlobDeletedView(string Name);
