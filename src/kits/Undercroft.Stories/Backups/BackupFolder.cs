using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Keeps backups as files: a folder for each story, a file for each backup, named by its time.</summary>
internal sealed class BackupFolder(string root)
{
    private const string Suffix = ".json";
    private const string TimeForm = "yyyyMMdd'T'HHmmssfffffff'Z'";
    private const int NameMax = 80;

    // No backup takes that long to write: whoever began one so long ago was killed.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Writes a backup as a file: whole, or not at all.</summary>
    /// <exception cref="StoreException">The folder cannot be written.</exception>
    public async ValueTask WriteAsync(
        StoryBackup backup, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var time = backup.TakenAt.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);
        var target = Path.Combine(
            FolderOf(backup.StoryId),
            string.Create(CultureInfo.InvariantCulture, $"{time}-{backup.Number:D10}{Suffix}"));
        try
        {
            await WholeFile.WriteAsync(target, bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Backup {backup.Number} of {Names.Show(backup.StoryId)} is in the store, but cannot be written to "
                + $"{Names.Show(target)}: {error.Message} Make room or choose another folder.",
                error);
        }
    }

    /// <summary>Deletes all files of a story but the newest ones, and what killed processes have left half.</summary>
    /// <exception cref="StoreException">A file cannot be deleted.</exception>
    public void Rotate(string storyId, int keptMax, DateTimeOffset? before)
    {
        var folder = FolderOf(storyId);
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            // The names sort by time, then by number.
            var files = Directory.GetFiles(folder, "*" + Suffix).OrderDescending(StringComparer.Ordinal).ToArray();
            for (var i = 1; i < files.Length; i++)
            {
                if (i >= keptMax || (before is { } limit && TimeOf(files[i]) is { } taken && taken < limit))
                {
                    File.Delete(files[i]);
                }
            }

            foreach (var part in Directory.GetFiles(folder, "*" + Suffix + WholeFile.PartSuffix))
            {
                if (files.Length > 0 && TimeOf(files[0]) - TimeOf(part) > AbandonedAfter)
                {
                    File.Delete(part);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Old backups of {Names.Show(storyId)} cannot be deleted from {Names.Show(folder)}: {error.Message} "
                + "Allow it, or choose another folder.",
                error);
        }
    }

    private static DateTimeOffset? TimeOf(string file)
    {
        var name = Path.GetFileName(file);
        var text = name[..Math.Max(0, name.IndexOf('-', StringComparison.Ordinal))];
        return DateTimeOffset.TryParseExact(
            text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var taken)
            ? taken
            : null;
    }

    // Any text is an id; a name is letters and digits. The hash tells apart what that makes equal.
    private string FolderOf(string storyId)
    {
        var name = new StringBuilder();
        foreach (var c in storyId.Take(NameMax))
        {
            _ = name.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        var hash = BackupRecords.Hash(Encoding.UTF8.GetBytes(storyId));
        return Path.Combine(root, $"{name}-{hash[..12]}");
    }
}
