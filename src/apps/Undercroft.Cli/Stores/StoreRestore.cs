using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Stores;

/// <summary>Puts a backup in the place of a store: copied beside it, opened, verified, and only then moved there.
/// </summary>
internal sealed class StoreRestore
{
    private const string FilesInner = ".undercroft";

    private readonly CliHost host;
    private readonly StoreChoice choice;
    private readonly StorePlace backup;
    private readonly StorePlace target;

    private StoreRestore(CliHost host, StoreChoice choice, StorePlace backup, StorePlace target)
    {
        this.host = host;
        this.choice = choice;
        this.backup = backup;
        this.target = target;
    }

    /// <summary>Checks what can be checked before anything is touched.</summary>
    public static StoreRestore Plan(CliHost host, StoreChoice choice, string backupPath, bool force)
    {
        var target = StorePlace.Of(choice.Uri) ?? throw new CliException(
            ExitCode.Usage,
            $"The store '{choice.Uri}' has no place that a backup could be put in; expected sqlite: or file:. Name one "
            + "by --store.");
        var backup = target.At(backupPath);
        if (Path.Exists(backupPath) && !IsEmptyFile(backupPath) && !MayBeBackup(backup))
        {
            throw new CliException(
                ExitCode.Failure,
                $"{Names.Show(backupPath)} is neither a backup of a '{choice.Uri.Scheme}:' store, which is a "
                + $"{(target.IsFolder ? "folder" : "file")}, nor an archive. Nothing was changed; name what 'store "
                + "backup' or 'store archive' made.");
        }

        if (!backup.Exists)
        {
            throw new CliException(
                ExitCode.NotFound,
                $"There is no backup at {Names.Show(backupPath)}; expected a {(target.IsFolder ? "folder" : "file")}, "
                + $"as '{choice.Uri.Scheme}:' stores are. Check the path, or name the kind of store by --store.");
        }

        if (IsEmptyFile(backup.Path))
        {
            // A device, /dev/zero say, would be copied without end.
            throw new CliException(
                ExitCode.Failure,
                $"{Names.Show(backupPath)} is no backup: it is empty, or no file at all. Nothing was changed; name "
                + "what 'store backup' made.");
        }

        if (Path.GetFullPath(backup.Path) == Path.GetFullPath(target.Path))
        {
            throw new CliException(ExitCode.Usage, $"{Names.Show(backupPath)} is the store itself. Name a backup.");
        }

        return force || !target.Exists
            ? new StoreRestore(host, choice, backup, target)
            : throw new CliException(
                ExitCode.Conflict,
                $"There is a store at {Names.Show(target.Path)} already. Nothing was changed; --force moves it aside.");
    }

    /// <summary>Does it. Whatever fails, a store that was there is there again.</summary>
    public async Task<RestoreOutcome> RunAsync(
        IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var stamp = PlaceSwap.Stamp(host.Clock);
        var path = Path.TrimEndingDirectorySeparator(target.Path);
        var copy = target.At($"{path}.restoring-{stamp}");
        try
        {
            await CopyAsync(copy.Path, cancellationToken).ConfigureAwait(false);
            var examined = await VerifyAsync(copy, progress, cancellationToken).ConfigureAwait(false);
            var aside = PlaceSwap.Run(copy, target, stamp);
            return new RestoreOutcome(Path.GetFullPath(target.Path), examined, aside);
        }
        finally
        {
            copy.Delete();
        }
    }

    private async Task CopyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await backup.CopyToAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Failure,
                $"Cannot copy the backup {Names.Show(backup.Path)} to {Names.Show(path)}: "
                + $"{error.Message.TrimEnd('.')}. Nothing was changed; mend that, then restore again.");
        }
    }

    private static bool IsEmptyFile(string path) => new FileInfo(path) is { Exists: true, Length: 0 };

    // By how it begins, so that what is no backup is never copied and never blamed on the copy.
    private static bool MayBeBackup(StorePlace place)
    {
        if (place.IsFolder)
        {
            return Directory.Exists(Path.Combine(place.Path, FilesInner));
        }

        if (!File.Exists(place.Path))
        {
            return false;
        }

        try
        {
            var mark = "SQLite format 3\0"u8;
            using var file = File.OpenRead(place.Path);
            Span<byte> first = stackalloc byte[mark.Length];
            var length = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            return first[..length].SequenceEqual(mark);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot read {Names.Show(place.Path)}: {error.Message}");
        }
    }

    private async Task<long> VerifyAsync(
        StorePlace copy, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var uri = choice with { Uri = choice.Uri with { Path = copy.Path } };
        var storage = await StoreAccess.OpenAsync(host, uri, StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await storage.Store
            .MaintainAsync(
                new MaintenanceRequest { Kind = MaintenanceKind.Verify, Progress = progress }, cancellationToken)
            .ConfigureAwait(false);
        return report.Problems.Count == 0
            ? report.Examined
            : throw new CliException(
                ExitCode.Failure,
                $"The backup {Names.Show(backup.Path)} is not sound: {report.Problems[0]} "
                + $"({report.Problems.Count} in all.) Nothing was changed; use another backup.");
    }
}
