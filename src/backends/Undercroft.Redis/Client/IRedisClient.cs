namespace Undercroft.Redis.Client;

/// <summary>
/// A client of one Redis: a single server, a primary found by Sentinel, or a cluster. Many callers share it; what they
/// send at the same time travels together.
/// </summary>
/// <remarks>
/// How to use it:
/// <code>
/// using var reply = await client.SendAsync(
///     client.Create("FCALL"u8).Add("uc_commit"u8).Add(1).AddKey(key).Add(bytes), cancellationToken);
/// foreach (var element in reply) { … element.Int64, element.Bytes, element.IsNull … }
/// </code>
/// <list type="bullet">
/// <item>A command is sent once and belongs to the client from then on. Its arguments are copied while they are added.
/// </item>
/// <item>A reply's memory comes from a pool: dispose it, and copy what must outlive it.</item>
/// <item>An error as the whole reply is thrown as a <see cref="RedisException"/>; errors inside a list are elements.
/// </item>
/// <item>After a cut, a command that was never sent, or that is <see cref="RedisCommand.Repeatable"/>, is sent again;
/// any other fails as <see cref="RedisFailure.OutcomeUnknown"/> and is never sent twice.</item>
/// <item>While no server is there, commands wait up to <see cref="RedisClientOptions.ServerTimeout"/>.</item>
/// <item><see cref="RedisCommand.Next"/> adds a further command that goes over the same connection right behind, such
/// as WAIT behind a write: the reply is then a list with one element for each, errors included.</item>
/// <item>Continuations run on the connection's reading thread: never block in them.</item>
/// </list>
/// </remarks>
internal interface IRedisClient : IAsyncDisposable
{
    /// <summary>What the server told about itself when it was last connected to.</summary>
    RedisServerInfo Server { get; }

    /// <summary>Begins a command.</summary>
    /// <param name="name">The command's name, such as <c>GET</c>.</param>
    RedisCommand Create(ReadOnlySpan<byte> name);

    /// <summary>Sends a command and waits for its reply.</summary>
    /// <param name="command">The command; it must not be touched afterwards.</param>
    /// <param name="cancellationToken">Ends the wait. A command that was sent may still be carried out.</param>
    /// <exception cref="RedisException">The server refused, or could not be reached, or the outcome is unknown.
    /// </exception>
    ValueTask<RedisReply> SendAsync(RedisCommand command, CancellationToken cancellationToken = default);

    /// <summary>Sends a command whose result its <see cref="RedisCommand.Reader"/> waits for.</summary>
    /// <param name="command">The command; it must not be touched afterwards, but for its result.</param>
    /// <param name="cancellationToken">As in <see cref="SendAsync"/>.</param>
    /// <exception cref="RedisException">Too many commands are under way; nothing was sent.</exception>
    void Post(RedisCommand command, CancellationToken cancellationToken);

    /// <summary>Listens to a channel; in a cluster to the shard channel of that name. It is listened to again after
    /// each reconnect; what was said in between is lost.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="heard">Is called on the reading thread with each message, and with an empty one after each
    /// reconnect, when messages may have been missed; it must return at once.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation.</param>
    /// <returns>What ends the listening when it is disposed.</returns>
    ValueTask<IAsyncDisposable> SubscribeAsync(
        ReadOnlyMemory<byte> channel,
        Action<ReadOnlyMemory<byte>> heard,
        CancellationToken cancellationToken = default);
}
