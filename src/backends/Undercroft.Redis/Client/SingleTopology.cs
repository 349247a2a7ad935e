namespace Undercroft.Redis.Client;

/// <summary>One primary: given, the one among several servers that is not a replica, or the one Sentinel names.
/// </summary>
internal sealed class SingleTopology : ITopology
{
    private readonly RedisClientOptions options;
    private readonly CommandPool pool;
    private readonly IConnectionOwner owner;
    private readonly SentinelDirectory? sentinels;
    private readonly RedisLink link;
    private int next;

    /// <summary>Prepares the link to the primary.</summary>
    public SingleTopology(RedisClientOptions options, CommandPool pool, IConnectionOwner owner, ILinkOwner linkOwner)
    {
        (this.options, this.pool, this.owner) = (options, pool, owner);
        sentinels = options.Topology == RedisTopologyKind.Sentinel ? new SentinelDirectory(options, pool) : null;
        link = new RedisLink(options, OpenAsync, linkOwner);
        Links = [link];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<RedisLink> Links { get; }

    /// <inheritdoc/>
    public RedisException? Failure => link.Failure;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        link.Start();
        await link.Tried.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (link.Failure is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public RedisConnection? Find(RedisCommand command) => link.Connection;

    /// <inheritdoc/>
    public RedisConnection? Learn(RedisConnection from, string answer)
    {
        if (ServerErrors.CodeOf(answer) == "READONLY")
        {
            // It was the primary and is no longer: find the one that is.
            from.Close(ServerErrors.Of(answer, from.Endpoint, "a write", secret: null));
        }

        return null;
    }

    /// <inheritdoc/>
    public void Refresh()
    {
        // The link looks again by itself.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => link.DisposeAsync();

    // Tries each endpoint once; the last failure is told, since the first one is the same or older.
    private async ValueTask<RedisConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (sentinels is not null)
        {
            var found = await sentinels.FindAsync(cancellationToken).ConfigureAwait(false);
            return await OpenAsync(found, cancellationToken).ConfigureAwait(false);
        }

        for (var left = options.Endpoints.Count; ; left--)
        {
            var endpoint = options.Endpoints[next % options.Endpoints.Count];
            try
            {
                return await OpenAsync(endpoint, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException) when (left > 1)
            {
                next++;
            }
        }
    }

    private async ValueTask<RedisConnection> OpenAsync(RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        var connection = await Greeting.OpenAsync(endpoint, options, pool, owner, cancellationToken)
            .ConfigureAwait(false);
        var wrong = connection.Server switch
        {
            { Mode: "sentinel" } => new RedisException(
                RedisFailure.Unsupported,
                $"The server {endpoint} is a Sentinel, not a store of data. Write redis+sentinel://{endpoint}/NAME " +
                "with the name it knows the primary by."),
            // A node of a cluster tells where the others are, and that is all it is asked for here.
            { Mode: "cluster" } when options.Topology == RedisTopologyKind.Discover => null,
            { Role: not "master" } => new RedisException(
                RedisFailure.ReadOnly,
                $"The Redis server {endpoint} is a read-only replica. Name its primary, list all of its servers, or " +
                "let Sentinel find it with redis+sentinel://."),
            _ => null,
        };
        if (wrong is null)
        {
            return connection;
        }

        connection.Close(wrong);
        throw wrong;
    }
}
