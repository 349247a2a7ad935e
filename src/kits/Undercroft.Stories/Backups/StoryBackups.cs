using System.Runtime.CompilerServices;

namespace Undercroft.Stories;

/// <summary>Rotating backups of stories, kept in the same store as they, and in a folder too if one is named.</summary>
/// <remarks>
/// A backup is the whole story as JSON with its SHA-256, and outlives the story: a deleted story can be restored. It is
/// written in full; <see cref="StoryBackup.Bytes"/> says what it takes. A backup appears whole or not at all, whenever
/// the process ends. Safe for many threads and processes.
/// </remarks>
public sealed class StoryBackups
{
    private const int AttemptsMax = 8;

    // A larger backup is written in steps; one whose writer is gone is deleted by a rotation after this.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly StoryLibrary library;
    private readonly BackupRecords records;
    private readonly BackupFolder? folder;
    private readonly TimeProvider clock;
    private readonly int keptMax;
    private readonly TimeSpan keptFor;
    private readonly TimeSpan interval;

    /// <summary>Keeps backups of a library's stories.</summary>
    /// <param name="storage">The storage the library is in.</param>
    /// <param name="library">The library.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public StoryBackups(Storage storage, StoryLibrary library, StoryBackupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(library);
        options ??= new StoryBackupOptions();
        options.Validate();
        this.library = library;
        records = new BackupRecords(storage);
        folder = options.Directory is null ? null : new BackupFolder(options.Directory);
        (clock, keptMax, keptFor, interval) = (options.Clock, options.KeptMax, options.KeptFor, options.Interval);
    }

    /// <summary>Takes a backup of a story as it is in the library, then rotates.</summary>
    /// <param name="storyId">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait; the backup may be there, whole.</param>
    /// <returns>Null where there is no such story.</returns>
    /// <exception cref="StoreException">The store failed, or the folder cannot be written.</exception>
    public async ValueTask<StoryBackup?> CreateAsync(string storyId, CancellationToken cancellationToken = default) =>
        await library.LoadFreshAsync(storyId, cancellationToken).ConfigureAwait(false) is { } stored
            ? await WriteAsync(stored, StoryBackupReason.Asked, null, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>Takes a backup of a story that is about to be overwritten, if the last one is old enough and says
    /// something else.</summary>
    /// <param name="stored">The story as it is in the library.</param>
    /// <param name="cancellationToken">Ends the wait; the backup may be there, whole.</param>
    /// <returns>Null where none was needed.</returns>
    /// <exception cref="StoreException">The store failed, or the folder cannot be written.</exception>
    public async ValueTask<StoryBackup?> CreateIfDueAsync(
        StoredStory stored, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var newest = await ListAsync(stored.Story.Id, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var age = newest is null ? TimeSpan.MaxValue : clock.GetUtcNow() - newest.TakenAt;

        // An age below zero is that of a clock that was set back: no reason to wait for it.
        return (age >= TimeSpan.Zero && age < interval) || newest?.Revision == stored.Revision.Value
            ? null
            : await WriteAsync(stored, StoryBackupReason.BeforeSave, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a backup of a story as it was read, unless the newest one is of just that.</summary>
    internal async ValueTask<StoryBackup> CreateOfAsync(StoredStory stored, CancellationToken cancellationToken)
    {
        var newest = await ListAsync(stored.Story.Id, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return newest?.Revision == stored.Revision.Value
            ? newest
            : await WriteAsync(stored, StoryBackupReason.BeforeSave, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the backups of a story, the newest first.</summary>
    /// <param name="storyId">The story's id; null lists those of all stories, story by story.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<StoryBackup> ListAsync(
        string? storyId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = storyId is null
            ? records.ListAllAsync(cancellationToken)
            : records.ListAsync(storyId, cancellationToken);
        await foreach (var head in all.ConfigureAwait(false))
        {
            if (head.Value.IsComplete)
            {
                yield return head.Value.Backup;
            }
        }
    }

    /// <summary>Reads the story that a backup holds.</summary>
    /// <param name="storyId">The story's id.</param>
    /// <param name="number">The backup's number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The story, equal to the one that was backed up; null where there is no such backup.</returns>
    /// <exception cref="StoreException">The store failed, or the backup is damaged.</exception>
    public async ValueTask<Story?> ReadAsync(
        string storyId, long number, CancellationToken cancellationToken = default) =>
        await records.FindAsync(storyId, number, cancellationToken).ConfigureAwait(false) is { } head
            ? StoryJson.Read(await records.ReadAsync(head, cancellationToken).ConfigureAwait(false))
            : null;

    /// <summary>Puts a backup in the story's place, in one commit. What is there is backed up first; where it cannot be
    /// read, as after a slip in an edit by hand, it is deleted instead.</summary>
    /// <param name="storyId">The story's id. The story need not exist any more.</param>
    /// <param name="number">The backup's number.</param>
    /// <param name="cancellationToken">Ends the wait; the story is as it was, or as the backup has it.</param>
    /// <returns>The story as it is now; null where there is no such backup.</returns>
    /// <exception cref="StoreException">The store failed, the backup is damaged, or others went on saving the story.
    /// </exception>
    public async ValueTask<StoredStory?> RestoreAsync(
        string storyId, long number, CancellationToken cancellationToken = default)
    {
        if (await records.FindAsync(storyId, number, cancellationToken).ConfigureAwait(false) is not { } head)
        {
            return null;
        }

        var story = StoryJson.Read(await records.ReadAsync(head, cancellationToken).ConfigureAwait(false));
        for (var attempt = 1; ; attempt++)
        {
            var current = await LoadOrDeleteAsync(storyId, cancellationToken).ConfigureAwait(false);
            if (current is not null)
            {
                _ = await WriteAsync(current, StoryBackupReason.BeforeRestore, number, cancellationToken)
                    .ConfigureAwait(false);
            }

            try
            {
                return await library.SaveAsync(
                    story,
                    new StorySaveOptions { Expected = current?.Revision ?? Revision.None, Tags = head.Backup.Tags },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (RevisionConflictException) when (attempt < AttemptsMax)
            {
                // Somebody saved in between: that is backed up too.
            }
        }
    }

    /// <summary>Deletes the backups that are too many or too old.</summary>
    /// <param name="storyId">The story's id; null means all stories.</param>
    /// <param name="cancellationToken">Ends the walk; what was deleted stays so.</param>
    /// <returns>How many were deleted.</returns>
    public async ValueTask<int> PruneAsync(string? storyId = null, CancellationToken cancellationToken = default)
    {
        if (storyId is not null)
        {
            return await RotateAsync(storyId, null, cancellationToken).ConfigureAwait(false);
        }

        var deleted = 0;
        string? last = null;
        await foreach (var head in records.ListAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (head.Value.StoryId != last)
            {
                last = head.Value.StoryId;
                deleted += await RotateAsync(last, null, cancellationToken).ConfigureAwait(false);
            }
        }

        return deleted;
    }

    // What is no story any more cannot be backed up as one, and must not keep its backups from being restored.
    private async ValueTask<StoredStory?> LoadOrDeleteAsync(string storyId, CancellationToken cancellationToken)
    {
        try
        {
            return await library.LoadFreshAsync(storyId, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Kind is StoreErrorKind.Malformed or StoreErrorKind.Corrupt)
        {
            _ = await library.DeleteAsync(storyId, cancellationToken: cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async ValueTask<StoryBackup> WriteAsync(
        StoredStory stored, StoryBackupReason reason, long? spared, CancellationToken cancellationToken)
    {
        var bytes = StoryJson.Write(stored.Story);
        var backup = await records.WriteAsync(
            new StoryBackup
            {
                StoryId = stored.Story.Id,
                Number = 0,
                Name = stored.Story.Name,
                TakenAt = clock.GetUtcNow(),
                Reason = reason,
                Revision = stored.Revision.Value,
                Tags = stored.Tags,
                Bytes = bytes.Length,
                Sha256 = BackupRecords.Hash(bytes),
            },
            bytes,
            cancellationToken).ConfigureAwait(false);
        if (folder is not null)
        {
            await folder.WriteAsync(backup, StoryExportV1.Write(stored), cancellationToken).ConfigureAwait(false);
        }

        _ = await RotateAsync(backup.StoryId, spared, cancellationToken).ConfigureAwait(false);
        return backup;
    }

    // The one that is being restored is spared, so that it can be restored again.
    private async ValueTask<int> RotateAsync(string storyId, long? spared, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? before = keptFor == Timeout.InfiniteTimeSpan ? null : now - keptFor;
        var gone = new List<BackupDocument>();
        var kept = 0;
        await foreach (var found in records.ListAsync(storyId, cancellationToken).ConfigureAwait(false))
        {
            var head = found.Value;
            var isTooOld = head.IsComplete
                ? kept >= keptMax || (kept > 0 && head.Backup.TakenAt < before)
                : head.Backup.TakenAt < now - AbandonedAfter;
            if (isTooOld && head.Number != spared)
            {
                gone.Add(head);
            }
            else if (head.IsComplete)
            {
                kept++;
            }
        }

        foreach (var head in gone)
        {
            await records.DeleteAsync(head, cancellationToken).ConfigureAwait(false);
        }

        folder?.Rotate(storyId, keptMax, before);
        return gone.Count(static head => head.IsComplete);
    }
}
