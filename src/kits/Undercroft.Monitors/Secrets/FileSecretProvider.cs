namespace Undercroft.Monitors;

/// <summary>Secrets from files below one folder, such as the ones an orchestrator mounts: <c>file</c>. A line end at
/// the end of a file does not count.</summary>
public sealed class FileSecretProvider : ISecretProvider
{
    private const int BytesMax = 64 * 1024;

    private readonly string folder;

    /// <summary>Reads below a folder.</summary>
    /// <param name="folder">The folder; nothing outside of it can be read.</param>
    public FileSecretProvider(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        this.folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    }

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public async ValueTask<string?> FindAsync(SecretReference secret, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Reference.Length == 0 || secret.Reference.Contains('\0', StringComparison.Ordinal))
        {
            throw Refuse(secret);
        }

        var path = Path.GetFullPath(Path.Combine(folder, secret.Reference));
        if (!IsBelow(path, folder))
        {
            throw Refuse(secret);
        }

        try
        {
            // A link may lead out of the folder, of a folder on the way too; and the folder itself may be one.
            var target = RealPath.Of(path);
            if (!IsBelow(target, RealPath.Of(folder)))
            {
                throw Refuse(secret);
            }

            if (new FileInfo(target) is { Exists: true, Length: > BytesMax })
            {
                throw new SecretException(
                    $"The secret {Names.Show(secret.Reference)} of 'file' has more than {BytesMax} bytes.");
            }

            var text = await File.ReadAllTextAsync(target, cancellationToken).ConfigureAwait(false);
            return SecretField.Of(secret, text.TrimEnd('\r', '\n'));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SecretException(
                $"The secret {Names.Show(secret.Reference)} of 'file' cannot be read. Check the rights of the file.",
                error);
        }
    }

    private static SecretException Refuse(SecretReference secret) => new(
        $"The secret {Names.Show(secret.Reference)} of 'file' lies outside of the folder of secrets. Name a file below "
        + "it.");

    private static bool IsBelow(string path, string folder) => path.StartsWith(
        Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar,
        StringComparison.Ordinal);
}
