using Undercroft.Copies;

namespace Undercroft.Archives;

/// <summary>Writes, checks, restores and compares archives: one portable file that holds a store of any backend.
/// </summary>
/// <remarks>An archive is a tar file of lines of JSON, checked part by part and as a whole. Its form is described in
/// the documentation, and any program can read it.</remarks>
public static class StoreArchive
{
    /// <summary>Archives a store, in memory that does not grow with it.</summary>
    /// <param name="store">The store; it is only read, and others may go on writing.</param>
    /// <param name="target">Where the archive goes; it need not be able to seek, and stays open.</param>
    /// <param name="options">What goes in; null means the defaults.</param>
    /// <param name="clock">Tells the time of the archive and which records have expired; null means the
    /// system's.</param>
    /// <param name="progress">Told how many records are written; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work. What is in the target is no archive then.</param>
    /// <returns>What the archive holds. It is the store as it was at one instant, between the call and its end: what
    /// was written while it was walked through comes behind, as changes.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="StoreException">The store cannot be read, more than a million records were written meanwhile,
    /// or its feed has held commits back for as long as <see cref="ArchiveOptions.HeldBack"/> allows.</exception>
    public static async Task<ArchiveReport> WriteAsync(
        IStore store,
        Stream target,
        ArchiveOptions? options = null,
        TimeProvider? clock = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(target);
        options ??= ArchiveOptions.Default;
        options.Validate();
        clock ??= TimeProvider.System;
        var beginning = await ArchiveRun.BeginAsync(store, options, clock, cancellationToken).ConfigureAwait(false);
        var writer = new ArchiveWriter(target, options);
        await using var owned = writer.ConfigureAwait(false);
        var end = new FeedEnd(store, clock, options.HeldBack, "archive");
        return await new ArchiveRun(store, writer, beginning, end, progress)
            .RunAsync(null, null, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Archives a store into a file, which is there only when it is whole. Interrupted, even killed, the same
    /// call goes on where it was.</summary>
    /// <param name="store">The store; it is only read, and others may go on writing.</param>
    /// <param name="path">The file; there must be none yet.</param>
    /// <param name="options">What goes in; null means the defaults.</param>
    /// <param name="clock">Tells the time of the archive and which records have expired; null means the
    /// system's.</param>
    /// <param name="progress">Told how many records are written, those of earlier calls included; null means nobody
    /// is.</param>
    /// <param name="cancellationToken">Ends the work; call again to go on.</param>
    /// <returns>What the archive holds: the store as it was at one instant, between the first call and the end of the
    /// last.</returns>
    /// <exception cref="IOException">The file cannot be written, there is one already, or somebody else is writing it.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="StoreException">The store cannot be read, more than a million records were written meanwhile,
    /// or its feed has held commits back for as long as <see cref="ArchiveOptions.HeldBack"/> allows: call again to go
    /// on.</exception>
    /// <remarks>
    /// Until it is whole the file has <c>.part</c> behind its name, and beside it, in <c>.part.jsonl</c>, stands how
    /// much of it is good. Both stay where a later call can go on with them: after a cancellation, a kill, a full disk,
    /// an outage of the store. They are checked before that; what does not fit, such as the beginning of another
    /// store's archive, or one whose place the feed has forgotten, is written anew. In the end it is, byte for byte,
    /// the archive that one uninterrupted call would have made, as long as nobody writes to the store.
    /// </remarks>
    public static async Task<ArchiveFileReport> WriteFileAsync(
        IStore store,
        string path,
        ArchiveOptions? options = null,
        TimeProvider? clock = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Path.Exists(path))
        {
            throw new IOException($"There is something at {Names.Show(path)} already; an archive never overwrites.");
        }

        options ??= ArchiveOptions.Default;
        options.Validate();
        var file = new ArchiveFile(store, path, options, clock ?? TimeProvider.System);
        return await file.WriteAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads every byte of an archive and checks it, in memory that does not grow with it.</summary>
    /// <param name="archive">The archive, compressed or not; it must be able to seek, is read from its beginning and
    /// stays open.</param>
    /// <param name="options">How much to take from it; null means the defaults.</param>
    /// <param name="progress">Told how many records were read; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work; it leaves nothing behind.</param>
    /// <exception cref="StoreException">It is damaged, no archive, of a later version, or over a limit.</exception>
    public static async Task<ArchiveReport> VerifyAsync(
        Stream archive,
        ArchiveReadOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var content = await ArchiveContent.LoadAsync(archive, options, progress, cancellationToken)
            .ConfigureAwait(false);
        return content.Report;
    }

    /// <summary>Restores an archive into a store, once all of it was checked.</summary>
    /// <param name="archive">The archive, compressed or not; it must be able to seek, is read from its beginning twice
    /// and stays open.</param>
    /// <param name="target">The store. It gives its own revisions.</param>
    /// <param name="options">How to restore; null means the defaults.</param>
    /// <param name="clock">The clock of leases and pauses; null means the system's.</param>
    /// <param name="progress">Told how many records were dealt with; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work. What was committed stays; restore the same archive again to go
    /// on.
    /// </param>
    /// <exception cref="StoreException">The archive is not sound: nothing was written. Or the target holds records and
    /// that was not allowed, another restore or copy is at work, or a store fails: restore again to go on.</exception>
    /// <remarks>A restore is as many commits as the archive has parts. Killed between them it leaves a store that
    /// says, in the record <c>$copies/restore</c>, how far it is; that record goes with the last commit.</remarks>
    public static async Task<RestoreReport> RestoreAsync(
        Stream archive,
        IStore target,
        RestoreOptions? options = null,
        TimeProvider? clock = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        options ??= RestoreOptions.Default;
        options.Validate();
        var content = await ArchiveContent.LoadAsync(archive, options.Reading, null, cancellationToken)
            .ConfigureAwait(false);
        var restore = new ArchiveRestore(content, target, options, clock ?? TimeProvider.System, progress);
        return await restore.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Compares an archive with a store, as <see cref="StoreComparison"/> does, once all of it was checked.
    /// </summary>
    /// <param name="archive">The archive, compressed or not; it must be able to seek, is read from its beginning twice
    /// and stays open.</param>
    /// <param name="store">The store; it is only read.</param>
    /// <param name="options">How much to take from the archive; null means the defaults.</param>
    /// <param name="clock">Tells the instant that decides expiry on both sides; null means the system's.</param>
    /// <param name="progress">Told how many keys were looked at; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work; it leaves nothing behind.</param>
    /// <exception cref="StoreException">The archive is not sound, or the store cannot be read.</exception>
    public static async Task<StoreComparison> CompareAsync(
        Stream archive,
        IStore store,
        ArchiveReadOptions? options = null,
        TimeProvider? clock = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var content = await ArchiveContent.LoadAsync(archive, options, null, cancellationToken).ConfigureAwait(false);
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        return await StoreComparison.CompareAsync(
            content.RecordsAsync(now, cancellationToken),
            StoreWalk.RecordsAsync(store, now, cancellationToken),
            progress).ConfigureAwait(false);
    }

    /// <summary>Compares two archives, as <see cref="StoreComparison"/> does, once all of both was checked. Records
    /// count also where they have expired.</summary>
    /// <param name="left">An archive, compressed or not; it must be able to seek, is read from its beginning twice and
    /// stays open.</param>
    /// <param name="right">The other.</param>
    /// <param name="options">How much to take from each; null means the defaults.</param>
    /// <param name="progress">Told how many keys were looked at; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work; it leaves nothing behind.</param>
    /// <exception cref="StoreException">An archive is not sound.</exception>
    public static async Task<StoreComparison> CompareAsync(
        Stream left,
        Stream right,
        ArchiveReadOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var lefts = await ArchiveContent.LoadAsync(left, options, null, cancellationToken).ConfigureAwait(false);
        var rights = await ArchiveContent.LoadAsync(right, options, null, cancellationToken).ConfigureAwait(false);
        return await StoreComparison.CompareAsync(
            lefts.RecordsAsync(null, cancellationToken), rights.RecordsAsync(null, cancellationToken), progress)
            .ConfigureAwait(false);
    }
}
