using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>agent</c>: another worker of monitors.</summary>
internal sealed class AgentCommand : CliCommand
{
    private readonly Option<string> location = MonitorsCommands.Location();
    private readonly Option<int> concurrency = MonitorsCommands.Concurrency();

    private readonly Option<string?> name = new("--name")
    {
        Description = "What to call it in runs and lists. Without it the machine and the process.",
        HelpName = "name",
    };

    private readonly ExecutionOptions execution = new();

    public AgentCommand(CliContext context)
        : base(context, "agent", "Carry out the runs of a location, until Ctrl-C.")
    {
        Add(location);
        Add(concurrency);
        Add(name);
        execution.AddTo(this);
    }

    protected override Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken) =>
        MonitorAgentProcess.RunAsync(
            run, run.Get(name), run.Get(location)!, run.Get(concurrency), execution, cancellationToken);
}
