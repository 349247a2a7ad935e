namespace Undercroft.Redis.Client;

/// <summary>A command failed; the message is one sentence that says what, where and what to do, without secrets.
/// </summary>
internal class RedisException : Exception
{
    /// <summary>Describes a failure.</summary>
    public RedisException(RedisFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    public RedisFailure Failure { get; }

    /// <summary>The first word of the server's error, such as WRONGTYPE; empty where the server said nothing.</summary>
    public string Code { get; init; } = string.Empty;

    /// <summary>What the server said, word for word; empty where it said nothing.</summary>
    public string ServerText { get; init; } = string.Empty;

    /// <summary>Whether the same command may succeed later without anybody doing anything.</summary>
    public bool IsTransient => Failure is RedisFailure.Unavailable or RedisFailure.OutcomeUnknown
        or RedisFailure.QueueFull or RedisFailure.ReadOnly;
}
