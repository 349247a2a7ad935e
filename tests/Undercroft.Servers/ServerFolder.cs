namespace Undercroft.Servers;

/// <summary>A temporary folder that belongs to the user who runs the server in it.</summary>
internal sealed class ServerFolder : IDisposable
{
    private readonly DirectoryInfo folder;

    private ServerFolder(DirectoryInfo folder) => this.folder = folder;

    public string Path => folder.FullName;

    public static async Task<ServerFolder> CreateAsync(
        string kind, ServerUser user, CancellationToken cancellationToken)
    {
        // Short: the path of a socket in it may have 107 bytes.
        var made = new ServerFolder(Directory.CreateTempSubdirectory($"uc-{kind}-"));
        await user.OwnAsync(made.Path, cancellationToken);
        return made;
    }

    public string File(string name) => System.IO.Path.Combine(folder.FullName, name);

    /// <summary>Writes a file that only the server's user reads.</summary>
    public async Task WriteAsync(string name, string text, ServerUser user, CancellationToken cancellationToken)
    {
        var path = File(name);
        await System.IO.File.WriteAllTextAsync(path, text, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await user.OwnAsync(path, cancellationToken);
    }

    public void Dispose()
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the server still writes there, or the guard was faster. It lies under the temporary folder.
        }
    }
}
