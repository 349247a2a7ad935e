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
        // What has no length is no file: opening a pipe would wait for somebody at its other end.
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
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
}
