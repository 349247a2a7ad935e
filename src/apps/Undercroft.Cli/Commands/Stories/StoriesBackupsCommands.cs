using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>stories backups</c>: older versions of stories.</summary>
internal static class StoriesBackupsCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "backups", "Keep older versions of stories.")
        {
            new StoriesBackupsListCommand(context),
            new StoriesBackupsCreateCommand(context),
            new StoriesBackupsPruneCommand(context),
        };
}
