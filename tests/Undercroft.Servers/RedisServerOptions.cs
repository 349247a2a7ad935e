namespace Undercroft.Servers;

/// <summary>How a Redis server of a test is set up.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Whether each write goes to the append-only file.</summary>
    public bool AppendOnly { get; init; } = true;

    /// <summary>When that file is synced: <c>always</c>, <c>everysec</c> or <c>no</c>.</summary>
    public string AppendSync { get; init; } = "everysec";

    /// <summary>The password of the default user; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Further users, as rules of <c>ACL SETUSER</c> with the name first.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Whether it speaks TLS only; the certificate is <see cref="RedisServer.Authority"/>'s.</summary>
    public bool UsesTls { get; init; }

    /// <summary>Further settings, as lines of <c>redis.conf</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
