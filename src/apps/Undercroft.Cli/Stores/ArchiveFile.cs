using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Stores;

/// <summary>Archives as files.</summary>
internal static class ArchiveFile
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Says whether a file is meant to be an archive: it begins like one, or like one that is compressed.
    /// </summary>
    public static bool IsOne(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = Open(path);
        var first = new byte[13];
        var bytes = first.AsSpan(0, file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false));
        return bytes.SequenceEqual("archive.json\0"u8) || bytes.StartsWith(new byte[] { 0x1F, 0x8B });
    }

    /// <summary>Opens an archive for reading.</summary>
    /// <exception cref="CliException">There is none, or it cannot be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, $"There is no archive at {Names.Show(path)}. Check the path.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot read {Names.Show(path)}: {error.Message}");
        }
    }

    /// <summary>Writes a file that is there only when it is complete.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="write">Writes what is in it.</param>
    public static async Task<T> CreateAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        var partial = path + ".partial";
        try
        {
            // One that another process has open is not ours to delete.
            var file = new FileStream(
                partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
            return await FillAsync(file, path, write).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Failure,
                $"Cannot write {Names.Show(path)}: {error.Message.TrimEnd('.')}. Mend that, then retry.");
        }
    }

    private static async Task<T> FillAsync<T>(FileStream file, string path, Func<Stream, Task<T>> write)
    {
        try
        {
            T result;
            await using (file.ConfigureAwait(false))
            {
                result = await write(file).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(file.Name, path);
            return result;
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }
}
