namespace Undercroft.Redis.Client;

/// <summary>What a link tells the client.</summary>
internal interface ILinkOwner
{
    /// <summary>A connection is ready.</summary>
    void HasOpened(RedisLink link, RedisConnection connection);

    /// <summary>An attempt to connect has failed; another one follows.</summary>
    void HasFailed(RedisLink link, RedisException error);
}
