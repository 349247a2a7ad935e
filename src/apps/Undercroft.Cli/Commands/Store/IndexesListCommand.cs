using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Indexes;

namespace Undercroft.Cli.Commands;

/// <summary><c>store indexes list</c>: the indexes a collection has, whoever declared them.</summary>
internal sealed class IndexesListCommand : CliCommand
{
    private readonly Argument<string> collection = StoreArguments.Collection();

    public IndexesListCommand(CliContext context)
        : base(context, "list", "List the indexes of a collection.")
    {
        Add(collection);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var name = run.Require(collection);
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var indexes = await storage.IndexesAsync(name, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            foreach (var index in indexes)
            {
                run.Output.Json(IndexView.Of(index), CliJson.Default.IndexView);
            }

            return ExitCode.Ok;
        }

        var table = new TableView("Index", "Fields", "Unique");
        foreach (var index in indexes)
        {
            table.Add(index.Name, string.Join(", ", index.Fields), index.IsUnique ? "yes" : "");
        }

        run.Output.Table(table);
        run.Output.Note($"{Amounts.Of(indexes.Count, "index", "indexes")}.");
        return ExitCode.Ok;
    }
}

/// <summary>What <c>store indexes list --json</c> writes of each.</summary>
internal sealed record IndexView(string Name, IReadOnlyList<string> Fields, bool IsUnique)
{
    public static IndexView Of(IndexDefinition index) =>
        new(index.Name, [.. index.Fields.Select(static field => field.ToString())], index.IsUnique);
}
