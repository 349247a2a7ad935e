using System.CommandLine;
using System.Text.Json;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Queries;

namespace Undercroft.Cli.Commands;

/// <summary><c>store query</c>: finds documents by a JSON filter.</summary>
internal sealed class StoreQueryCommand : CliCommand
{
    private const int LimitDefault = 50;

    // Of a longer document a person sees the beginning.
    private const int ShownMax = 200;

    private readonly Argument<string> collection = StoreArguments.Collection();

    private readonly Argument<string?> filter = new("filter")
    {
        Description = """Which documents, as JSON: {"author": "Ann", "score": {"gt": 3}}. Without it all.""",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> order = new("--order")
    {
        Description = "Fields to order by, set apart by commas; a minus sorts downwards: --order=-score,title.",
        HelpName = "fields",
    };

    private readonly Option<int> limit = new("--limit")
    {
        Description = "The most documents to bring.",
        HelpName = "count",
        DefaultValueFactory = static _ => LimitDefault,
    };

    private readonly Option<string?> cursor = new("--cursor")
    {
        Description = "Go on behind a page, from the place it showed.",
        HelpName = "cursor",
    };

    private readonly Option<bool> explain = new("--explain") { Description = "Say how it would be run; run nothing." };

    private readonly Option<bool> count = new("--count") { Description = "Only count the documents." };

    private readonly Option<bool> requireIndex = new("--require-index")
    {
        Description = "Refuse where no index serves filter and order.",
    };

    public StoreQueryCommand(CliContext context)
        : base(context, "query", "Find documents by a JSON filter.")
    {
        Add(collection);
        Add(filter);
        Add(order);
        Add(limit);
        Add(cursor);
        Add(explain);
        Add(count);
        Add(requireIndex);
        order.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var fields }] && fields.Split(',').Any(string.IsNullOrWhiteSpace))
            {
                result.AddError(
                    $"--order is {Names.Show(fields)}; expected fields set apart by commas, such as -score,title.");
            }
        });
        limit.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var name = run.Require(collection);
        var definition = new CollectionDefinition<RawJson>(name, RawJson.Codec);
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var query = Make(run, storage.Repository(definition).Query());
        if (run.Get(explain))
        {
            Show(run, await query.ExplainAsync(cancellationToken).ConfigureAwait(false));
        }
        else if (run.Get(count))
        {
            Show(run, await query.CountAsync(cancellationToken).ConfigureAwait(false));
        }
        else
        {
            Show(run, name, await query.ToPageAsync(cancellationToken).ConfigureAwait(false));
        }

        return ExitCode.Ok;
    }

    private Query<RawJson> Make(CliRun run, Query<RawJson> query)
    {
        query = query.Take(run.Get(limit)).After(run.Get(cursor));
        if (run.Get(filter) is { } json)
        {
            query = query.WhereJson(json);
        }

        if (run.Get(order) is { } fields)
        {
            query = query.OrderBy(fields.Split(',', StringSplitOptions.TrimEntries));
        }

        return run.Get(requireIndex) ? query.RequireIndex() : query;
    }

    private static void Show(CliRun run, QueryPlan plan)
    {
        if (run.IsJson)
        {
            using var json = JsonDocument.Parse(plan.ToJson());
            run.Output.Json(
                new PlanView(json.RootElement, plan.IsServedByIndex, plan.Advice), CliJson.Default.PlanView);
            return;
        }

        run.Output.Line(plan.ToString());
        if (plan.Advice.Length > 0)
        {
            run.Output.Line(plan.Advice);
        }
    }

    private static void Show(CliRun run, long found)
    {
        if (run.IsJson)
        {
            run.Output.Json(new CountView(found), CliJson.Default.CountView);
        }
        else
        {
            run.Output.Line(Amounts.Of(found, "document", "documents"));
        }
    }

    private static void Show(CliRun run, string collection, Page<RawJson> page)
    {
        if (run.IsJson)
        {
            run.Output.Json(
                new PageView([.. page.Items.Select(item => DocumentView.Of(collection, item))], page.Next),
                CliJson.Default.PageView);
            return;
        }

        var table = new TableView("Id", "Document");
        foreach (var item in page.Items)
        {
            var text = DocumentView.Compact(item.Value.Bytes);
            table.Add(item.Id, run.Output.IsTerminal && text.Length > ShownMax ? text[..ShownMax] + "…" : text);
        }

        run.Output.Table(table);
        run.Output.Note(page.Next is { } next
            ? $"{Amounts.Of(page.Items.Count, "document", "documents")}; go on with --cursor {next}"
            : $"{Amounts.Of(page.Items.Count, "document", "documents")}.");
    }
}

/// <summary>What <c>store query --json</c> writes.</summary>
internal sealed record PageView(IReadOnlyList<DocumentView> Items, string? Next);

/// <summary>What <c>store query --count --json</c> writes.</summary>
internal sealed record CountView(long Count);

/// <summary>What <c>store query --explain --json</c> writes.</summary>
internal sealed record PlanView(JsonElement Plan, bool IsServedByIndex, string Advice);
