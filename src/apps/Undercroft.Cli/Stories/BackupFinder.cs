using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Finds the story whose backups somebody means; it may be deleted.</summary>
internal static class BackupFinder
{
    /// <summary>Finds a story's id, also of one that cannot be read.</summary>
    /// <exception cref="CliException">There is neither a story nor a backup that is meant, or there are several.
    /// </exception>
    public static async Task<string> FindAsync(
        Storage storage, StoryBackups backups, string meant, CancellationToken cancellationToken)
    {
        try
        {
            return (await StoryFinder.FindSpoiledAsync(storage, meant, cancellationToken).ConfigureAwait(false)).Id;
        }
        catch (CliException error) when (error.Code == ExitCode.NotFound)
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var backup in backups.ListAsync(null, cancellationToken).ConfigureAwait(false))
            {
                if (backup.StoryId == meant || backup.Name.Equals(meant, StringComparison.OrdinalIgnoreCase)
                    || (meant.Length > 0 && backup.StoryId.StartsWith(meant, StringComparison.OrdinalIgnoreCase)))
                {
                    _ = ids.Add(backup.StoryId);
                }
            }

            if (ids.Count != 1)
            {
                throw;
            }

            return ids.Single();
        }
    }
}
