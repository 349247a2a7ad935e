namespace Undercroft.Redis;

/// <summary>How a server keeps its log of writes (<c>appendonly</c> and <c>appendfsync</c>).</summary>
public enum RedisAppendPolicy
{
    /// <summary>There is no log: a restart of the server loses what came after its last snapshot.</summary>
    None = 0,

    /// <summary>Written before each answer, never flushed: <c>appendfsync no</c>.</summary>
    Written,

    /// <summary>Flushed about every second, and while a flush is slow not even written: <c>appendfsync everysec</c>.
    /// </summary>
    EverySecond,

    /// <summary>Flushed before each answer: <c>appendfsync always</c>.</summary>
    Always,
}
