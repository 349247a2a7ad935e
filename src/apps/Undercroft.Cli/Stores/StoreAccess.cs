using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Stores;

/// <summary>Opens the chosen store.</summary>
internal static class StoreAccess
{
    private const string ModeSetting = "mode";

    public static async ValueTask<Storage> OpenAsync(
        CliHost host,
        StoreChoice choice,
        StoreUse use,
        CancellationToken cancellationToken,
        string maker = "store put")
    {
        if (use != StoreUse.Write && StorePlace.Of(choice.Uri) is { HoldsStore: false } place)
        {
            throw new CliException(
                ExitCode.NotFound,
                $"There is no store at {Names.Show(place.Path)} ({choice.Reason}). Name another by --store, or "
                + $"make it: '{CliApp.Name} {maker}' does.");
        }

        var schemes = host.Schemes();
        if (!schemes.Known.Contains(choice.Uri.Scheme))
        {
            throw new CliException(
                ExitCode.Usage,
                $"{choice.Source} names the store {Names.Show(choice.Uri.ToString())}, but there is no kind of store "
                + $"{Names.Show(choice.Uri.Scheme + ":")}; expected "
                + $"{string.Join(", ", schemes.Known.Select(static name => name + ":"))}.");
        }

        var uri = use == StoreUse.Read && CanNarrow(choice.Uri) ? Narrow(choice.Uri) : choice.Uri;
        var store = await schemes
            .OpenAsync(UriText.Of(uri), host.Clock, cancellationToken)
            .ConfigureAwait(false);

        // A command ends before anything would need sweeping, and it reports nothing of its own accord.
        return new Storage(store, new StorageOptions
        {
            Clock = host.Clock,
            SweepInterval = Timeout.InfiniteTimeSpan,
            SlowQueryThreshold = Timeout.InfiniteTimeSpan,
        });
    }

    /// <summary>Says whether commands that read open this store for reading only, though nobody asked for it.</summary>
    /// <remarks>A files store has one writer: an application that runs must not be in the way of a look at its data.
    /// SQLite has no such limit, and would leave its log behind. On a server nothing must be made by looking.</remarks>
    public static bool CanNarrow(StoreUri uri) =>
        (StorePlace.Of(uri) is { IsFolder: true } || uri.Scheme is "postgres" or "postgresql" or "redis" or "rediss") &&
        !uri.Settings.ContainsKey(ModeSetting);

    private static StoreUri Narrow(StoreUri uri)
    {
        var settings = new Dictionary<string, string>(uri.Settings, StringComparer.OrdinalIgnoreCase)
        {
            [ModeSetting] = "ro",
        };
        return uri with { Settings = settings };
    }
}
