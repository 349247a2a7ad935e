using System.CommandLine;
using System.CommandLine.Parsing;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Invocation;

/// <summary>One run of a command.</summary>
internal sealed class CliRun(CliContext context, ParseResult parse)
{
    public CliHost Host => context.Host;

    public CliOutput Output { get; } =
        new(context.Host.Terminal, parse.GetValue(context.Globals.Json));

    public bool IsJson => Output.IsJson;

    public bool IsVerbose => parse.GetValue(context.Globals.Verbose);

    /// <summary>Which store the command works on, and who said so.</summary>
    public StoreChoice Choice => StoreChoice.Make(parse.GetValue(context.Globals.Store), Host.Environment);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T Require<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    /// <summary>Gives the path of a file or folder. A store's URI is none: it would become a file of that name.
    /// </summary>
    /// <exception cref="CliException">It names a store.</exception>
    public string RequirePath(Argument<string> argument)
    {
        var path = Require(argument);
        return StoreChoice.IsStore(path, Host.Schemes()) && !Path.Exists(path)
            ? throw new CliException(
                ExitCode.Usage,
                $"{Names.Show(UriText.Masked(path))} is a store; expected the path of a file or folder. Name the store "
                + "by --store, and a path here.")
            : path;
    }

    /// <summary>Says whether an option stands on the command line.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Opens the store. A command that only reads never makes one.</summary>
    public ValueTask<Storage> OpenAsync(StoreUse use, CancellationToken cancellationToken) =>
        OpenAsync(Choice, use, cancellationToken);

    /// <summary>Opens a store that an argument names.</summary>
    public ValueTask<Storage> OpenAsync(StoreChoice choice, StoreUse use, CancellationToken cancellationToken) =>
        StoreAccess.OpenAsync(Host, choice, use, cancellationToken, Maker());

    /// <summary>Which command of the group that was called makes a store.</summary>
    private string Maker()
    {
        var names = new List<string>();
        for (SymbolResult? one = parse.CommandResult; one is CommandResult { Command: not RootCommand } command;
            one = command.Parent)
        {
            names.Add(command.Command.Name);
        }

        return names.Count == 0 ? "store put" : names[^1] switch
        {
            "stories" => "stories import",
            "store" when names.Contains("blobs") => "store blobs put",
            "jobs" => "jobs enqueue",
            "monitors" or "agent" => "monitors import",
            _ => "store put",
        };
    }
}
