using System.Text;

namespace Undercroft.Redis.Client;

/// <summary>The one place where the server's errors become sentences.</summary>
internal static class ServerErrors
{
    private const int ShownMax = 300;
    private const string SlotMoves = "The hash slot is being moved; retry in a while.";

    /// <summary>Makes the error of a command that the server refused.</summary>
    /// <param name="reply">The server's error.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="command">The command.</param>
    public static RedisException Of(in RedisReply reply, RedisEndpoint endpoint, RedisCommand command) =>
        Of(reply.Text, endpoint, NameOf(command), secret: null);

    /// <summary>Makes the error of what the server said.</summary>
    /// <param name="text">What it said.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="name">The command's name.</param>
    /// <param name="secret">What must not be shown; null where there is nothing.</param>
    public static RedisException Of(string text, RedisEndpoint endpoint, string name, string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        var code = CodeOf(text);
        var (failure, advice) = code switch
        {
            "WRONGPASS" => (RedisFailure.Denied, "The user name or the password is wrong; check both."),
            "NOAUTH" => (RedisFailure.Denied, "It asks for a password; name one in the URI or the options."),
            "NOPERM" => (RedisFailure.Denied, "The user lacks a permission; have it granted with ACL SETUSER."),
            "DENIED" => (RedisFailure.Denied, "It is in protected mode; give it a password or bind it elsewhere."),
            "OOM" => (RedisFailure.OutOfMemory,
                "Its memory limit is reached, and nothing was written; raise maxmemory or delete something."),
            "READONLY" => (RedisFailure.ReadOnly, "It is a read-only replica; name the primary, or use Sentinel."),
            "MISCONF" => (RedisFailure.ReadOnly,
                "It takes no writes because it cannot save to disk; see its log and free some space."),
            "NOREPLICAS" => (RedisFailure.ReadOnly,
                "It takes no writes because too few replicas follow it; bring them back."),
            "CROSSSLOT" => (RedisFailure.CrossSlot,
                "The keys lie on different hash slots; give them one hash tag in braces, as in {name}:key."),
            "LOADING" => (RedisFailure.Unavailable, "It is still loading its data; retry in a while."),
            "CLUSTERDOWN" => (RedisFailure.Unavailable,
                "The cluster does not serve that hash slot; check CLUSTER INFO, then retry."),
            "MASTERDOWN" => (RedisFailure.Unavailable, "It has lost its primary; retry after the failover."),
            "TRYAGAIN" => (RedisFailure.Unavailable, SlotMoves),
            "ASK" or "MOVED" => (RedisFailure.Unavailable, "The hash slot lies on another server; retry in a while."),
            "ERR" when IsHalfMoved(text) => (RedisFailure.Unavailable, SlotMoves),
            "BUSY" => (RedisFailure.Unavailable,
                "A script has been running for too long; wait for it, or end it with SCRIPT KILL or FUNCTION KILL."),
            "ERR" when text.Contains("max number of clients", StringComparison.Ordinal) => (RedisFailure.Unavailable,
                "It has too many clients; raise maxclients, or close some."),
            "ERR" when text.Contains("DB index", StringComparison.Ordinal) => (RedisFailure.Unsupported,
                "It has no database of that number; choose a lower one."),
            "ERR" when text.Contains("unknown command", StringComparison.Ordinal) &&
                text.Contains("SENTINEL", StringComparison.OrdinalIgnoreCase) => (RedisFailure.Unsupported,
                "It is no Sentinel; name the port of one (26379 usually), or say 'redis:' for a server by itself."),
            "ERR" when text.Contains("unknown command", StringComparison.Ordinal) => (RedisFailure.Unsupported,
                "It lacks the command; Redis 7.0 or later is needed, with no command renamed."),
            _ => (RedisFailure.Server, string.Empty),
        };
        var server = endpoint == default ? "Redis" : $"Redis {endpoint}";
        var shown = text.Length > ShownMax ? string.Concat(text.AsSpan(0, ShownMax), "…") : text;
        return new RedisException(failure, $"{server} refused {name}: '{shown}'. {advice}".TrimEnd())
        {
            Code = code,
            ServerText = text,
        };
    }

    /// <summary>Whether an error says that a command was not carried out, but would be by another server, or by this
    /// one a little later.</summary>
    /// <param name="text">What the server said.</param>
    public static bool IsElsewhere(string text) =>
        CodeOf(text) is "MOVED" or "ASK" or "READONLY" or "LOADING" or "CLUSTERDOWN" or "MASTERDOWN" or "TRYAGAIN"
            or "BUSY"
        || IsHalfMoved(text);

    /// <summary>The first word of an error.</summary>
    public static string CodeOf(string text) => text.Split(' ', 2)[0];

    /// <summary>Whether a command calls a function, which reads and writes more keys than it names.</summary>
    public static bool IsFunction(RedisCommand command) =>
        NameOf(command).StartsWith("FCALL", StringComparison.Ordinal);

    /// <summary>The name of a command, for messages.</summary>
    public static string NameOf(RedisCommand command)
    {
        // "*N\r\n$L\r\nNAME\r\n"
        var bytes = command.Bytes;
        bytes = bytes[(bytes.IndexOf((byte)'\n') + 1)..];
        bytes = bytes[(bytes.IndexOf((byte)'\n') + 1)..];
        return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)'\r')]);
    }

    // A function has asked for a key that has left already, or has not come yet.
    private static bool IsHalfMoved(string text) => text.Contains("a non local key", StringComparison.Ordinal);
}
