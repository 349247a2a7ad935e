using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>stories</c>: interactive stories in the store.</summary>
internal static class StoriesCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "stories", "Import, read, search, export and convert interactive stories.")
        {
            new StoriesImportCommand(context),
            new StoriesListCommand(context),
            new StoriesShowCommand(context),
            new StoriesSearchCommand(context),
            new StoriesStatsCommand(context),
            new StoriesExportCommand(context),
            new StoriesDeleteCommand(context),
            new StoriesConvertCommand(context),
            new StoriesDetectCommand(context),
            StoriesBackupsCommands.Create(context),
            new StoriesRestoreCommand(context),
            new StoriesAutosaveDemoCommand(context),
        };

    /// <summary>The argument that names a story.</summary>
    public static Argument<string> Story() =>
        new("story") { Description = "The story: its id, the beginning of its id, or its title." };

    /// <summary>The argument that names some stories.</summary>
    public static Argument<string[]> Stories(string description) =>
        new("stories") { Description = description, Arity = ArgumentArity.ZeroOrMore };
}
