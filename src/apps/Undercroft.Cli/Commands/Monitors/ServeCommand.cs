using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>serve</c>: the service of monitors.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string[]> urls = new("--urls")
    {
        Description = "Where to listen; port 0 takes a free one. Without it http://127.0.0.1:8080.",
        HelpName = "url",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> location = MonitorsCommands.Location();
    private readonly Option<int> concurrency = MonitorsCommands.Concurrency();

    private readonly Option<bool> noWorker = new("--no-worker")
    {
        Description = "Carry out no runs here: agents do.",
    };

    private readonly Option<bool> requireKeys = new("--require-keys")
    {
        Description = "Want a key of each caller. Where others than this machine can call, it is always so.",
    };

    private readonly ExecutionOptions execution = new();

    public ServeCommand(CliContext context)
        : base(context, "serve", "Serve monitors over HTTP, with a scheduler and a worker, until Ctrl-C.")
    {
        Add(urls);
        Add(location);
        Add(concurrency);
        Add(noWorker);
        Add(requireKeys);
        execution.AddTo(this);
    }

    protected override Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken) =>
        MonitorServer.RunAsync(
            run,
            new ServeSettings(
                run.Get(urls) is { Length: > 0 } named ? named : ["http://127.0.0.1:8080"],
                run.Get(location)!,
                run.Get(concurrency),
                !run.Get(noWorker),
                run.Get(requireKeys),
                execution),
            cancellationToken);
}
