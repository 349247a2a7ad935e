using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store indexes drop</c>: drops an index that no program declares any more.</summary>
internal sealed class IndexesDropCommand : CliCommand
{
    private readonly Argument<string> collection = StoreArguments.Collection();

    private readonly Argument<string> name =
        StoreArguments.NotEmpty(new("name") { Description = "The index's name, as 'list' shows it." });

    public IndexesDropCommand(CliContext context)
        : base(context, "drop", "Drop an index. A program that still declares it builds it again.")
    {
        Add(collection);
        Add(name);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var (from, index) = (run.Require(collection), run.Require(name));
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var dropped = await storage.DropIndexAsync(from, index, cancellationToken).ConfigureAwait(false);
        if (dropped.Count == 0)
        {
            throw new CliException(
                ExitCode.NotFound,
                $"There is no index {Names.Show(index)} of the collection {Names.Show(from)}. See what there is with "
                + $"'{CliApp.Name} store indexes list'.");
        }

        if (run.IsJson)
        {
            run.Output.Json(
                new IndexesDroppedView(from, [.. dropped.Select(IndexView.Of)]), CliJson.Default.IndexesDroppedView);
        }
        else
        {
            run.Output.Line($"{string.Join(" and ", dropped)} of {from} is dropped.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store indexes drop --json</c> writes.</summary>
internal sealed record IndexesDroppedView(string Collection, IReadOnlyList<IndexView> Dropped);
