using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>store blobs</c>: files of any length in a store.</summary>
internal static class BlobsCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "blobs", "Keep files of any length in the store.")
        {
            new BlobsPutCommand(context),
            new BlobsGetCommand(context),
            new BlobsListCommand(context),
            new BlobsDeleteCommand(context),
            new BlobsVerifyCommand(context),
            new BlobsCollectCommand(context),
        };

    public static Argument<string> Name() => new("name") { Description = "The blob's name." };

    public static CliException NotFound(string name) => new(
        ExitCode.NotFound,
        $"There is no blob {Names.Show(name)}. See what there is with '{CliApp.Name} store blobs ls'.");

    /// <summary>Reports counts of bytes to a progress bar of a known length.</summary>
    public static IProgress<long> Toward(this IProgress<(long Done, long Total)> progress, long total) =>
        new Scaled(progress, total);

    private sealed class Scaled(IProgress<(long Done, long Total)> progress, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report((value, total));
    }
}
