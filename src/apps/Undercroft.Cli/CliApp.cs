using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Undercroft.Cli.Commands;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli;

/// <summary>The whole tool: its tree of commands, and one run of it.</summary>
internal static class CliApp
{
    public const string Name = "undercroft";

    // Without it a text such as '@home' would be taken for the name of a file with more arguments.
    private static readonly ParserConfiguration Parsing = new()
    {
        ResponseFileTokenReplacer = null,

        // Bundling would read '-score', a field to sort downwards, as '-s core'.
        EnablePosixBundling = false,
    };

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code of the process, one of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        CliHost host, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var globals = new GlobalOptions();
        var parse = CreateRoot(new CliContext(host, globals)).Parse(arguments, Parsing);
        if (parse.Action is ParseErrorAction)
        {
            return (int)UsageErrors.Report(parse, host.Terminal);
        }

        var configuration = new InvocationConfiguration
        {
            Output = host.Terminal.Out,
            Error = host.Terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Ours waits until the command has cleaned up: see Interruption.
            ProcessTerminationTimeout = null,
        };
        try
        {
            var code = await parse.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
            await host.Terminal.FlushAsync().ConfigureAwait(false);
            return code;
        }
        catch (OutputEndedException)
        {
            return (int)ExitCode.Ok;
        }
        catch (IOException error)
        {
            // Commands tell of their own; this is help, or the last words of one, that nobody can read.
            await host.Terminal.Error.WriteLineAsync($"{Name}: {error.Message}").ConfigureAwait(false);
            return (int)ExitCode.Failure;
        }
    }

    private static RootCommand CreateRoot(CliContext context)
    {
        var root = new RootCommand("Keep interactive stories and any other documents in one store.")
        {
            HelpName = Name,
        };
        context.Globals.AddTo(root);
        root.Add(StoriesCommands.Create(context));
        root.Add(StoreCommands.Create(context));
        root.Add(JobsCommands.Create(context));
        root.Add(MonitorsCommands.Create(context));
        root.Add(new ServeCommand(context));
        root.Add(new AgentCommand(context));
        root.Add(new DemoCommand(context));
        root.Add(new BenchCommand(context));
        root.Add(new CompletionCommand(context));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpAction { MaxWidth = context.Host.Terminal.HelpWidth };
        root.SetAction(parse => new HelpAction { MaxWidth = context.Host.Terminal.HelpWidth }.Invoke(parse));
        return root;
    }
}
