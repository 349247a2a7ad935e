using System.CommandLine;
using System.Globalization;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors run</c>: runs a plan once, here.</summary>
internal sealed class MonitorsRunCommand : CliCommand
{
    private readonly Argument<string> file = new("plan.json")
    {
        Description = "The file of the plan; '-' for the standard input.",
    };

    private readonly Option<string[]> variables = new("--var")
    {
        Description = "A variable and its value, as in --var host=http://localhost:5000; before those of the plan.",
        HelpName = "name=value",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> events = new("--events") { Description = "Show what happens as it happens." };

    private readonly ExecutionOptions execution = new();

    public MonitorsRunCommand(CliContext context)
        : base(context, "run", "Run a plan once, here, without a store, and report.")
    {
        Add(file);
        Add(variables);
        Add(events);
        execution.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var plan = await PlanFile.ReadAsync(run, run.Require(file), cancellationToken).ConfigureAwait(false);
        var options = new MonitorExecutorOptions();
        execution.Apply(run, options);
        options.Variables = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            [plan.Environment] = ReadVariables(run.Get(variables) ?? []),
        };
        var outcome = await new MonitorExecutor(options, run.Host.Clock)
            .RunAsync(plan, run.Get(events) && !run.IsJson ? happened => Show(run, happened) : null, cancellationToken)
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(outcome, CliJson.Default.RunOutcome);
        }
        else
        {
            Report(run, plan, outcome);
        }

        return outcome.Success ? ExitCode.Ok : ExitCode.Failure;
    }

    private static Dictionary<string, string> ReadVariables(string[] pairs)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            read[at > 0 ? pair[..at] : throw new CliException(
                ExitCode.Usage,
                $"--var is {Names.Show(pair)}; expected a name and a value, as in host=http://localhost:5000.")] =
                pair[(at + 1)..];
        }

        return read;
    }

    private static void Show(CliRun run, RunEvent happened)
    {
        var status = happened.Status is { } code ? code.ToString(CultureInfo.InvariantCulture) : "";
        run.Output.Note(string.Join(
            ' ',
            new[] { $"{happened.Sequence,3}", $"{happened.Type}", happened.NodeId, status, happened.Message }
                .Where(static part => !string.IsNullOrEmpty(part))));
    }

    private static void Report(CliRun run, MonitorPlan plan, RunOutcome outcome)
    {
        var table = new TableView("Result", "Node", "HTTP", ">ms", "What failed");
        foreach (var node in outcome.Nodes)
        {
            table.Add(
                node.Status switch
                {
                    NodeStatus.Passed => "passed",
                    NodeStatus.Failed => "FAILED",
                    _ => "skipped",
                },
                node.NodeId,
                node.HttpStatus?.ToString(CultureInfo.InvariantCulture) ?? "",
                node.DurationMs.ToString("0", CultureInfo.InvariantCulture),
                node.Error ?? "");
        }

        run.Output.Table(table);
        var passed = outcome.Nodes.Count(static node => node.Status == NodeStatus.Passed);
        run.Output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Name}: {(outcome.Success ? "passed" : "FAILED")}, {passed} of {outcome.Nodes.Count} nodes, "
            + $"{outcome.DurationMs:0} ms."));
    }
}
