using System.CommandLine;
using System.CommandLine.Help;

namespace Undercroft.Cli.Invocation;

/// <summary>A command that only holds others: alone it shows its help.</summary>
internal sealed class CommandGroup : Command
{
    public CommandGroup(CliContext context, string name, string description)
        : base(name, description) =>
        SetAction(parse => new HelpAction { MaxWidth = context.Host.Terminal.HelpWidth }.Invoke(parse));
}
