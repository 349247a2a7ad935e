namespace Undercroft.Redis.Client;

/// <summary>Knows which server a command goes to.</summary>
internal interface ITopology : IAsyncDisposable
{
    /// <summary>The links there are.</summary>
    IReadOnlyCollection<RedisLink> Links { get; }

    /// <summary>Why no server can be reached; null where one can, or nothing was tried yet.</summary>
    RedisException? Failure { get; }

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="RedisException">No server could be reached, or none that will do.</exception>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Finds the connection for a command; null while there is none.</summary>
    RedisConnection? Find(RedisCommand command);

    /// <summary>Learns that the server sent a command elsewhere, or does not want it now.</summary>
    /// <param name="from">Where it had been sent.</param>
    /// <param name="answer">What the server said.</param>
    /// <returns>The connection to ask, for ASK; null otherwise.</returns>
    RedisConnection? Learn(RedisConnection from, string answer);

    /// <summary>Looks whether the servers are still where they were, because commands wait.</summary>
    void Refresh();
}
