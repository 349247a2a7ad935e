namespace Undercroft.Redis.Client;

/// <summary>What a server says about itself in its answer to HELLO.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="Mode">standalone, cluster or sentinel.</param>
/// <param name="Role">master or replica.</param>
internal sealed record RedisServerInfo(Version Version, string Mode, string Role)
{
    /// <summary>What stands there before any server was reached.</summary>
    public static RedisServerInfo Unknown { get; } = new(new Version(0, 0), "", "");
}
