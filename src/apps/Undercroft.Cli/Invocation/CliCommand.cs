using System.CommandLine;

namespace Undercroft.Cli.Invocation;

/// <summary>A command that does something: its arguments, and what it does with them.</summary>
internal abstract class CliCommand : Command
{
    private readonly CliContext context;

    protected CliCommand(CliContext context, string name, string description)
        : base(name, description)
    {
        this.context = context;
        SetAction(InvokeAsync);
    }

    protected abstract Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken);

    private async Task<int> InvokeAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var run = new CliRun(context, parse);
        try
        {
            var code = await RunAsync(run, cancellationToken).ConfigureAwait(false);
            await run.Output.FlushAsync().ConfigureAwait(false);
            return (int)code;
        }
        catch (Exception error)
        {
            return (int)await CliErrors.ReportAsync(run, error, cancellationToken).ConfigureAwait(false);
        }
    }
}
