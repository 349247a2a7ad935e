namespace Undercroft.Redis.Client;

/// <summary>What a connection tells the client it belongs to, on its reading thread.</summary>
internal interface IConnectionOwner
{
    /// <summary>Decides on an error that is the whole reply to a command.</summary>
    /// <returns>Whether the owner has taken the command, to send it again; otherwise the caller is told.</returns>
    bool TryTake(RedisConnection connection, RedisCommand command);

    /// <summary>Hears what the server said without being asked; the push is gone when the call returns.</summary>
    void Hear(RedisConnection connection, in RedisReply push);

    /// <summary>Learns that a connection has ended, and takes what it left behind.</summary>
    void Bury(RedisConnection connection, List<RedisCommand> unanswered, long handedOver);
}
