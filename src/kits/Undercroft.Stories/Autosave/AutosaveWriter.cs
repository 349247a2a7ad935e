using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Saves what an editor has over what the store holds, without overwriting what others saved.</summary>
/// <remarks>
/// Three versions are told apart: what the editor had at its last save, what it has now, and what the store holds. As
/// long as nobody else saves, the first and the last are the same and nothing is merged. Once somebody did, they differ
/// until the editor shows the merged story: every save until then is a merge with the editor's last save as the common
/// beginning, or it would take back the others' edits.
/// </remarks>
internal sealed class AutosaveWriter(StoryLibrary library, StoryBackups? backups)
{
    private const int AttemptsMax = 8;
    private const int CopyIdMax = 200;

    /// <summary>Saves.</summary>
    /// <param name="known">What the editor had when it last loaded or saved; null for a new story.</param>
    /// <param name="stored">What the store held then; null where there was nothing.</param>
    /// <param name="mine">What the editor has now.</param>
    /// <param name="cancellationToken">Ends the wait; the story may be saved, whole.</param>
    public async ValueTask<AutosaveOutcome> WriteAsync(
        Story? known, StoredStory? stored, Story mine, CancellationToken cancellationToken)
    {
        var conflicts = new List<StoryConflict>();
        var copies = new List<string>();
        var (isMerged, wasDeleted) = (false, false);
        Exception? backupError = null;
        for (var attempt = 1; ; attempt++)
        {
            var next = mine;
            if (stored is not null && !ReferenceEquals(known, stored.Story))
            {
                var merged = StoryMerge.Merge(known, mine, stored.Story);
                next = merged.Story;
                if (!merged.IsClean)
                {
                    conflicts.AddRange(merged.Conflicts);
                    copies.Add(await KeepCopyAsync(stored, cancellationToken).ConfigureAwait(false));
                }
            }

            if (stored is not null && AreSame(next, stored.Story))
            {
                return Outcome(stored);
            }

            backupError = await BackUpAsync(stored, cancellationToken).ConfigureAwait(false) ?? backupError;
            try
            {
                var options = new StorySaveOptions { Expected = stored?.Revision ?? Revision.None };
                return Outcome(await library.SaveAsync(next, options, cancellationToken).ConfigureAwait(false));
            }
            catch (RevisionConflictException) when (attempt < AttemptsMax)
            {
                var hadOne = stored is not null;
                stored = await library.LoadFreshAsync(mine.Id, cancellationToken).ConfigureAwait(false);
                isMerged = true;
                wasDeleted = hadOne && stored is null;
            }
        }

        // The next save merges nothing where the store holds what the editor has.
        AutosaveOutcome Outcome(StoredStory now) => new(
            AreSame(mine, now.Story) ? now.Story : mine,
            now,
            isMerged || conflicts.Count > 0,
            conflicts,
            copies,
            wasDeleted,
            backupError);
    }

    // The same version is kept once, however often this is tried.
    private async ValueTask<string> KeepCopyAsync(StoredStory stored, CancellationToken cancellationToken)
    {
        var story = stored.Story;
        var name = story.Id.Length <= CopyIdMax
            ? story.Id
            : "story-" + BackupRecords.Hash(Encoding.UTF8.GetBytes(story.Id));
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}~{stored.Revision}");
        _ = await library.SaveAsync(
            story with { Id = id, Name = $"{story.Name} (other version, {stored.Revision})" },
            new StorySaveOptions { Tags = [.. stored.Tags] },
            cancellationToken).ConfigureAwait(false);
        return id;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Edits are saved without a backup too; it is reported.")]
    private async ValueTask<Exception?> BackUpAsync(StoredStory? stored, CancellationToken cancellationToken)
    {
        if (backups is null || stored is null)
        {
            return null;
        }

        try
        {
            _ = await backups.CreateIfDueAsync(stored, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return error;
        }
    }

    // What the store makes of a text that is no Unicode is the same text.
    private static bool AreSame(Story left, Story right) =>
        ReferenceEquals(left, right) || StoryJson.Write(left).AsSpan().SequenceEqual(StoryJson.Write(right));
}
