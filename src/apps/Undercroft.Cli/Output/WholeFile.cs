namespace Undercroft.Cli.Output;

/// <summary>Writes files that appear only once they are complete.</summary>
internal static class WholeFile
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes a file under another name and syncs it before it takes its own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrites">Whether it replaces one that is there; else that makes it fail.</param>
    /// <param name="write">Writes what is in it. Where it throws, nothing is left.</param>
    public static async Task<T> WriteAsync<T>(string path, bool overwrites, Func<Stream, Task<T>> write)
    {
        // Outside of the block that deletes it: one that another process is writing is not ours.
        var file = new FileStream(
            path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        try
        {
            T result;
            await using (file.ConfigureAwait(false))
            {
                result = await write(file).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(file.Name, path, overwrites);
            return result;
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    /// <summary>Writes bytes into a file, which they replace.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What is in it.</param>
    /// <param name="cancellationToken">Ends the work; the file stays as it was.</param>
    public static Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        WriteAsync(path, overwrites: true, async file =>
        {
            await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes.Length;
        });
}
