using Undercroft.Cli.Output;

namespace Undercroft.Cli.Invocation;

/// <summary>Reads whole files and streams, up to a bound.</summary>
internal static class Inputs
{
    /// <summary>The largest input there is a use for: the largest commit of a store.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Refuses a folder where a file is meant.</summary>
    /// <exception cref="CliException">It is one.</exception>
    public static void RefuseFolder(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CliException(
                ExitCode.Failure, $"{Names.Show(path)} is a folder; expected a file. Name one in it.");
        }
    }

    public static async Task<ReadOnlyMemory<byte>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        RefuseFolder(path);
        try
        {
            var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
            await using var owned = stream.ConfigureAwait(false);
            return await ReadAsync(stream, Names.Show(path), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, $"There is no file {Names.Show(path)}. Check the path.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot read {Names.Show(path)}: {error.Message}");
        }
    }

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream, string what, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, BytesMax) : 0);
        var chunk = new byte[64 * 1024];
        int count;
        while ((count = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + count > BytesMax)
            {
                throw new CliException(
                    ExitCode.Failure,
                    $"Cannot read {what}: it has more than {Amounts.Bytes(BytesMax)}, which no store takes at once. "
                    + "Split it.");
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }
}
