using Undercroft.Archives;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Stores;

/// <summary>Restores an archive: into a new store beside the chosen one, which then takes its place; or, where records
/// are to be added, into the chosen one itself.</summary>
internal sealed class ArchiveRestoring(CliHost host, StoreChoice choice, string path)
{
    /// <summary>Restores into a new store, checks it, and puts it in the place of the chosen one. Until then that one
    /// is as it was. Interrupted, it goes on with the new store when it is run again.</summary>
    public async Task<RestoreOutcome> ReplaceAsync(
        bool force, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        if (StorePlace.Of(choice.Uri) is not { } target)
        {
            return await FillAsync(progress, cancellationToken).ConfigureAwait(false);
        }

        if (target.Exists && !force)
        {
            throw new CliException(
                ExitCode.Conflict,
                $"There is a store at {Names.Show(target.Path)} already. Nothing was changed; --force moves it aside, "
                + "--merge and --overwrite restore into it.");
        }

        var name = Path.GetFileName(path);
        var made = target.At($"{Path.TrimEndingDirectorySeparator(target.Path)}.restoring-{name}");
        var beside = new ArchiveRestoring(host, choice with { Uri = choice.Uri with { Path = made.Path } }, path);
        var wasBegun = made.Exists;
        try
        {
            var outcome = await beside.AddAsync(RestoreTarget.Empty, progress, cancellationToken).ConfigureAwait(false);
            return outcome with
            {
                Target = Path.GetFullPath(target.Path),
                MovedAside = PlaceSwap.Run(made, target, PlaceSwap.Stamp(host.Clock)),
            };
        }
        catch (Exception error) when (!wasBegun && !CanGoOn(error))
        {
            made.Delete();
            throw;
        }
    }

    /// <summary>Restores into the chosen store itself.</summary>
    public async Task<RestoreOutcome> AddAsync(
        RestoreTarget policy, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var file = ArchiveFile.Open(path);
        await using var ownedFile = file.ConfigureAwait(false);

        // Before a store is made for it: what is no sound archive leaves nothing behind.
        var archive = await StoreArchive
            .VerifyAsync(
                file, null, new Relay<long>(_ => progress.Report((file.Position, file.Length))), cancellationToken)
            .ConfigureAwait(false);
        var storage = await StoreAccess
            .OpenAsync(host, choice, StoreUse.Write, cancellationToken)
            .ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var relay = new Relay<long>(done => progress.Report((done, archive.Records + archive.Changes)));
        var report = await StoreArchive
            .RestoreAsync(
                file, storage.Store, new RestoreOptions { Target = policy }, host.Clock, relay, cancellationToken)
            .ConfigureAwait(false);
        return new RestoreOutcome(
            storage.Info.Location ?? storage.Info.Backend, report.Written, null, report.Kept, report.IsResumed);
    }

    // A store on a server has no place that it could be moved from, whether that was asked for or not.
    private async Task<RestoreOutcome> FillAsync(
        IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await AddAsync(RestoreTarget.Empty, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (
            error is { Kind: StoreErrorKind.Conflict, IsTransient: false } &&
            ServerStore.Setting(choice.Uri) is not null)
        {
            throw new CliException(
                ExitCode.Conflict,
                $"{error.Message} A store on a server cannot be moved aside, as --force does with files: name another "
                + $"one on the same server, by '{ServerStore.Setting(choice.Uri)}=NAME' among the settings of the URI, "
                + "and restore into that; or restore into this one, with --merge (documents that are there stay as "
                + $"they are) or --overwrite. '{CliApp.Name} store archive' keeps what is there now.",
                error);
        }
    }

    private static bool CanGoOn(Exception error) => error is OperationCanceledException or StoreException
    {
        Kind: StoreErrorKind.Full or StoreErrorKind.Unavailable or StoreErrorKind.InUse,
    };
}
