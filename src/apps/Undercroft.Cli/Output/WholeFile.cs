namespace Undercroft.Cli.Output;

/// <summary>Writes files that appear only once they are complete.</summary>
internal static class WholeFile
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes bytes into a file, which they replace: under another name, and synced before it takes its own.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What is in it.</param>
    /// <param name="cancellationToken">Ends the work; the file stays as it was.</param>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // Outside of the block that deletes it: one that another process is writing is not ours.
        var file = new FileStream(
            path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(file.Name, path, overwrite: true);
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }
}
