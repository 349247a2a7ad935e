using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>monitors</c>: plans that watch HTTP services.</summary>
internal static class MonitorsCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "monitors", "Run, keep and look at plans that watch HTTP services.")
        {
            new MonitorsRunCommand(context),
            new MonitorsImportCommand(context),
            new MonitorsListCommand(context),
            new MonitorsShowCommand(context),
            new MonitorsDeleteCommand(context),
            new MonitorsTriggerCommand(context),
            new MonitorsRunsCommand(context),
            new MonitorsPruneCommand(context),
            new CommandGroup(context, "keys", "Make and revoke the keys of the service's callers.")
            {
                new MonitorsKeysCreateCommand(context),
                new MonitorsKeysListCommand(context),
                new MonitorsKeysRevokeCommand(context),
            },
        };

    /// <summary>The argument that names a plan.</summary>
    public static Argument<string> Plan() => new("plan") { Description = "The plan: its id, or its name." };

    /// <summary>The option that names an environment.</summary>
    public static Option<string> Environment() => new("--environment")
    {
        Description = "The environment in which a plan is looked for by its name.",
        HelpName = "name",
        DefaultValueFactory = static _ => "default",
    };

    /// <summary>The option that names the location of a worker.</summary>
    public static Option<string> Location() => new("--location")
    {
        Description = "The location whose runs this process carries out.",
        HelpName = "name",
        DefaultValueFactory = static _ => "default",
    };

    /// <summary>The option that bounds what a worker does at once.</summary>
    public static Option<int> Concurrency() => new("--concurrency")
    {
        Description = "How many runs it carries out at a time.",
        HelpName = "count",
        DefaultValueFactory = static _ => 16,
    };
}
