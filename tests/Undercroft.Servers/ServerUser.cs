namespace Undercroft.Servers;

/// <summary>Who runs a server: whoever runs the tests, but never root.</summary>
internal sealed class ServerUser
{
    private readonly string? name;

    private ServerUser(string? name) => this.name = name;

    /// <summary>The user to run as: one of these names where the tests run as root, else oneself.</summary>
    /// <param name="names">The names to look for, the best first; <c>nobody</c> is the last resort.</param>
    public static ServerUser Choose(params string[] names)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerUser(null);
        }

        var known = File.ReadLines("/etc/passwd").Select(static line => line.Split(':')[0]).ToHashSet();
        return new ServerUser(names.Append("nobody").FirstOrDefault(known.Contains)
            ?? throw new ServerException("A server must not run as root, and no user 'nobody' is there: add one."));
    }

    /// <summary>The command that runs a command as this user, in the same process.</summary>
    public IReadOnlyList<string> Command(params IReadOnlyList<string> command) => name is null
        ? command
        : [
            ServerPrograms.InPath("setpriv")
                ?? throw ServerPrograms.Missing("setpriv", "util-linux", "util-linux", null),
            $"--reuid={name}", $"--regid={GroupId()}", "--init-groups", .. command,
        ];

    /// <summary>Makes a folder or file this user's own, with all that is in it.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            _ = await Tool.RunAsync(
                ["/bin/chown", "-R", $"{name}:{GroupId()}", path], cancellationToken: cancellationToken);
        }
    }

    private string GroupId() =>
        File.ReadLines("/etc/passwd").Select(static line => line.Split(':')).First(parts => parts[0] == name)[3];
}
