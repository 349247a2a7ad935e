using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>store blobs</c>: files of any length in a store.</summary>
internal static class BlobsCommands
{
    // 4 MiB, and the lists of chunks: a chunk is read once.
    private const string JournalBytes = "4194304";
    private const string CacheBytes = "1048576";

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

    public static Argument<string> Name() =>
        StoreArguments.NotEmpty(new("name") { Description = "The blob's name." });

    /// <summary>Opens the store for bytes that go through once: a files store then keeps few of them in memory, unless
    /// its URI says how many.</summary>
    public static ValueTask<Storage> OpenAsync(CliRun run, StoreUse use, CancellationToken cancellationToken)
    {
        var choice = run.Choice;
        if (choice.Uri.Scheme != "file")
        {
            return run.OpenAsync(choice, use, cancellationToken);
        }

        var settings = new Dictionary<string, string>(choice.Uri.Settings, StringComparer.OrdinalIgnoreCase);
        _ = settings.TryAdd("journalBytes", JournalBytes);
        _ = settings.TryAdd("cacheBytes", CacheBytes);
        return run.OpenAsync(choice with { Uri = choice.Uri with { Settings = settings } }, use, cancellationToken);
    }

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
