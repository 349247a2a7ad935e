namespace Undercroft.Redis.Opening;

/// <summary>What a user needs: the commands that functions call, and those that the client sends.</summary>
internal static class Rights
{
    /// <summary>The commands that a store which is only read calls on its keys.</summary>
    public static IReadOnlyList<string> Reading { get; } =
    [
        "EXISTS", "GET", "GETRANGE", "HGET", "HGETALL", "HMGET", "MGET", "STRLEN", "ZCOUNT", "ZRANGE", "ZRANGEBYLEX",
        "ZRANGEBYSCORE", "ZREVRANGEBYLEX", "ZSCORE",
    ];

    /// <summary>The commands that a store which is written calls on its keys beside them.</summary>
    public static IReadOnlyList<string> Writing { get; } =
        ["DEL", "HDEL", "HINCRBY", "HSET", "SET", "ZADD", "ZREM"];

    /// <summary>What the client and the functions send that names no key of a store.</summary>
    public static IReadOnlyList<string> Sending { get; } =
    [
        "HELLO", "SELECT", "PING", "TIME", "INFO", "CONFIG|GET", "CLIENT|TRACKING", "CLUSTER|SLOTS", "FUNCTION|LOAD",
        "FCALL", "FCALL_RO", "MEMORY|USAGE", "PUBLISH", "SPUBLISH", "SUBSCRIBE", "SSUBSCRIBE",
        "UNSUBSCRIBE", "SUNSUBSCRIBE", "WAIT",
    ];

    /// <summary>All of it, as <c>ACL SETUSER</c> takes it.</summary>
    public static string Rules { get; } = "~uc:* &uc:* " + string.Join(
        ' ', Reading.Concat(Writing).Concat(Sending).Select(static command => $"+{Lower(command)}"));

    // Rules are written in lower case by those who write them, and by the server.
    private static string Lower(string command) => string.Create(
        command.Length, command, static (span, text) => text.AsSpan().ToLowerInvariant(span));
}
