using System.CommandLine;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs ls</c>: the blobs there are.</summary>
internal sealed class BlobsListCommand : CliCommand
{
    private readonly Argument<string?> prefix = new("prefix")
    {
        Description = "What names begin with.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> tags = new("--tag")
    {
        Description = "A tag a blob must have; may be repeated.",
        HelpName = "tag",
    };

    private readonly Option<int?> limit = new("--limit")
    {
        Description = "List at most so many.",
        HelpName = "count",
    };

    public BlobsListCommand(CliContext context)
        : base(context, "ls", "List the blobs by name.")
    {
        Add(prefix);
        Add(tags);
        Add(limit);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var options = new BlobListOptions
        {
            Prefix = run.Get(prefix) ?? "",
            Tags = run.Get(tags) ?? [],
            Limit = run.Get(limit),
        };
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var infos = new List<BlobInfo>();
        await foreach (var info in storage.Blobs.ListAsync(options, cancellationToken).ConfigureAwait(false))
        {
            if (run.IsJson)
            {
                run.Output.Json(BlobView.Of(info), CliJson.Default.BlobView);
            }
            else
            {
                infos.Add(info);
            }
        }

        if (!run.IsJson)
        {
            run.Output.Table(BlobView.Table(infos));
            run.Output.Note(
                $"{Amounts.Of(infos.Count, "blob", "blobs")}, {Amounts.Bytes(infos.Sum(static i => i.Length))}, in "
                + $"{run.Choice.Uri}.");
        }

        return ExitCode.Ok;
    }
}
