namespace Undercroft.Stories;

/// <summary>Writes files so that they are there whole, or as they were.</summary>
internal static class WholeFile
{
    /// <summary>What is behind the name of a file that is being written.</summary>
    public const string PartSuffix = ".part";

    /// <summary>Writes a file under another name and syncs it before it takes its own. A folder that is missing is
    /// made.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="bytes">What is in it.</param>
    /// <param name="cancellationToken">Ends the work; the file stays as it was.</param>
    /// <remarks>Where it fails, as on a full disk, nothing is left of it. What a killed process has left is replaced by
    /// whoever writes the file next.</remarks>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = path + PartSuffix;

        // Outside of the block that deletes it: one that another process is writing is not ours.
        var file = File.OpenHandle(
            part, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);
        try
        {
            using (file)
            {
                await RandomAccess.WriteAsync(file, bytes, 0, cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
