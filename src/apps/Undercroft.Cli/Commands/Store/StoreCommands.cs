using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>store</c>: any store, any documents.</summary>
internal static class StoreCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "store", "Look into any store and look after it.")
        {
            new StoreInfoCommand(context),
            new StoreStatsCommand(context),
            new StoreGetCommand(context),
            new StorePutCommand(context),
            new StoreDeleteCommand(context),
            new StoreQueryCommand(context),
            new StoreWatchCommand(context),
            new CommandGroup(context, "indexes", "See the indexes of a collection, and drop one.")
            {
                new IndexesListCommand(context),
                new IndexesDropCommand(context),
            },
            new StoreBackupCommand(context),
            new StoreRestoreCommand(context),
            new StoreArchiveCommand(context),
            new StoreCopyCommand(context),
            new StoreCompareCommand(context),
            new StoreVerifyCommand(context),
            new StoreCompactCommand(context),
            BlobsCommands.Create(context),
            new StoreMigrateCommand(context),
        };
}
