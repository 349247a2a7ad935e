namespace Undercroft.Redis.Client;

/// <inheritdoc cref="IRedisClient"/>
internal sealed class RedisClient : IRedisClient, IConnectionOwner, ILinkOwner
{
    private const int RedirectsMax = 64;

    private readonly RedisClientOptions options;
    private readonly CommandPool pool = new();
    private readonly Parking parking = new();
    private readonly Subscriptions subscriptions;
    private readonly Ticker ticker;
    private ITopology topology;
    private volatile bool isDisposed;

    private RedisClient(RedisClientOptions options)
    {
        this.options = options;
        subscriptions = new Subscriptions(pool);
        topology = Choose(options.Topology);
        ticker = new Ticker(options.Clock, options.PingInterval / 2, Tick);
    }

    /// <summary>What the server told about itself when it was last connected to.</summary>
    public RedisServerInfo Server { get; private set; } = RedisServerInfo.Unknown;

    /// <summary>Is called, on a reading thread, with each key that has changed while tracking is on; with null when
    /// any key may have.</summary>
    public Action<RedisReply?>? Invalidated { get; set; }

    /// <summary>Opens a client; the first connection is made at once.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is left open.</param>
    /// <exception cref="RedisException">No server could be reached, or none that will do.</exception>
    public static async ValueTask<RedisClient> OpenAsync(
        RedisClientOptions options, CancellationToken cancellationToken = default)
    {
        var client = new RedisClient(options);
        try
        {
            await client.StartAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public RedisCommand Create(ReadOnlySpan<byte> name) => pool.Create(name);

    /// <inheritdoc/>
    public ValueTask<RedisReply> SendAsync(RedisCommand command, CancellationToken cancellationToken = default)
    {
        var result = command.Result;
        Post(command, cancellationToken);
        return result;
    }

    /// <inheritdoc/>
    public void Post(RedisCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (pool.UnderWay >= options.QueueMax)
        {
            throw new RedisException(
                RedisFailure.QueueFull,
                $"{options.QueueMax} commands to Redis are under way already, the most that QueueMax allows; nothing " +
                "was sent. Wait for some of them, or raise it.");
        }

        command.BegunAt = options.Clock.GetTimestamp();
        command.IsRouted = true;
        command.Seal(cancellationToken);
        ticker.Wake();
        Dispatch(command);
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(
        ReadOnlyMemory<byte> channel,
        Action<ReadOnlyMemory<byte>> heard,
        CancellationToken cancellationToken = default) =>
        subscriptions.AddAsync(this, channel, heard, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        ticker.Dispose();
        await topology.DisposeAsync().ConfigureAwait(false);
        FailAll(parking.TakeAll(), new ObjectDisposedException(nameof(RedisClient)));
    }

    /// <summary>Whether the server that a key lies on was heard so recently.</summary>
    public bool HasHeard(RedisCommand command, TimeSpan within) =>
        topology.Find(command) is { Failure: null } connection
        && options.Clock.GetElapsedTime(connection.HeardAt) <= within;

    bool IConnectionOwner.TryTake(RedisConnection connection, RedisCommand command)
    {
        if (!command.IsRouted || isDisposed)
        {
            return false;
        }

        if (FindRefusal(command) is not { } text)
        {
            return false;
        }

        var asked = topology.Learn(connection, text);
        if (command.Frames > 1 && !command.IsRepeatable)
        {
            // Some of it may have been carried out: who has sent it sees what became of each part.
            return false;
        }

        switch (ServerErrors.CodeOf(text))
        {
            case "MOVED" when command.Redirects < RedirectsMax:
                command.Redirects++;
                command.Rewind();
                Dispatch(command);
                return true;
            case "ASK" when command.Redirects < RedirectsMax && IsOfOneKey(command):
                command.Redirects++;
                command.Rewind();
                if (asked?.TrySend(command, isAsking: true) != true)
                {
                    Park(command);
                }

                return true;
            case not "MOVED" when !HasWaitedLong(command):
                // It was not carried out; another server, or this one a little later, will.
                command.Refusal = ServerErrors.Of(text, connection.Endpoint, ServerErrors.NameOf(command), null);
                command.Rewind();
                Park(command);
                return true;
            default:
                return false;
        }
    }

    void IConnectionOwner.Hear(RedisConnection connection, in RedisReply push)
    {
        var isInvalidation = false;
        foreach (var element in push)
        {
            if (isInvalidation)
            {
                Invalidated?.Invoke(element.IsNull ? null : element);
                return;
            }

            if (!element.Bytes.Span.SequenceEqual("invalidate"u8))
            {
                subscriptions.Hear(push);
                return;
            }

            isInvalidation = true;
        }
    }

    void IConnectionOwner.Bury(RedisConnection connection, List<RedisCommand> unanswered, long handedOver)
    {
        // What changes from now on is not told: nothing that was read over this connection may be believed.
        Invalidated?.Invoke(null);
        foreach (var command in unanswered)
        {
            var mayBeRepeated = command.IsRepeatable || command.Offset >= handedOver;
            if (command.IsRouted && mayBeRepeated && !isDisposed)
            {
                command.Rewind();
                Park(command);
            }
            else
            {
                command.Fail(Lost(connection, command, mayBeRepeated));
                command.Complete(isInline: false);
            }
        }

        topology.Refresh();
    }

    void ILinkOwner.HasOpened(RedisLink link, RedisConnection connection)
    {
        Server = connection.Server;
        subscriptions.Renew(connection);
        DispatchParked();
    }

    void ILinkOwner.HasFailed(RedisLink link, RedisException error)
    {
        if (error.Failure is RedisFailure.Denied or RedisFailure.Tls or RedisFailure.Unsupported)
        {
            FailAll(parking.TakeAll(), error);
        }

        topology.Refresh();
    }

    // What the server has refused but another one, or this one later, will not; null where there is nothing of it.
    private static string? FindRefusal(RedisCommand command)
    {
        if (command.Frames == 1)
        {
            var only = command.Reply.Text;
            return ServerErrors.IsElsewhere(only) ? only : null;
        }

        foreach (var part in command.Reply)
        {
            if (part.IsError && ServerErrors.IsElsewhere(part.Text))
            {
                return part.Text;
            }
        }

        return null;
    }

    // A slot that moves is on two servers: the next one may be asked for a key that has left, but never for a function,
    // which would take what has not come yet for absent.
    private static bool IsOfOneKey(RedisCommand command) => command.Frames == 1 && !ServerErrors.IsFunction(command);

    private static void FailAll(List<RedisCommand> commands, Exception error)
    {
        foreach (var command in commands)
        {
            command.Fail(error);
            command.Complete(isInline: false);
        }
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await topology.StartAsync(cancellationToken).ConfigureAwait(false);
        if (options.Topology == RedisTopologyKind.Discover && Server.Mode == "cluster")
        {
            await topology.DisposeAsync().ConfigureAwait(false);
            topology = Choose(RedisTopologyKind.Cluster);
            await topology.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ITopology Choose(RedisTopologyKind kind) => kind == RedisTopologyKind.Cluster
        ? new ClusterTopology(options, pool, this, this)
        : new SingleTopology(options, pool, this, this);

    private static RedisException Lost(RedisConnection connection, RedisCommand command, bool mayBeRepeated)
    {
        var reason = (connection.Failure?.Message ?? "the connection broke").TrimEnd('.');
        return mayBeRepeated
            ? new RedisException(RedisFailure.Unavailable, $"{reason}.", connection.Failure)
            : new RedisException(
                RedisFailure.OutcomeUnknown,
                $"Nobody knows whether Redis {connection.Endpoint} has carried out {ServerErrors.NameOf(command)}: " +
                $"it had been sent when the connection ended ({reason}). Look at what is stored before sending it " +
                "again.",
                connection.Failure);
    }

    private void Dispatch(RedisCommand command)
    {
        if (topology.Find(command) is not { } connection || !connection.TrySend(command))
        {
            Park(command);
        }
    }

    private void Park(RedisCommand command)
    {
        parking.Add(command);
        ticker.Wake();
        if (isDisposed)
        {
            FailAll(parking.TakeAll(), new ObjectDisposedException(nameof(RedisClient)));
        }
    }

    private void DispatchParked()
    {
        foreach (var command in parking.TakeAll())
        {
            if (command.IsOver)
            {
                command.Complete(isInline: false);
            }
            else if (HasWaitedLong(command))
            {
                command.Fail(command.Refusal ?? topology.Failure ?? Absent());
                command.Complete(isInline: false);
            }
            else
            {
                Dispatch(command);
            }
        }
    }

    private RedisException Absent() => new(
        RedisFailure.Unavailable,
        $"No Redis server of {string.Join(", ", options.Endpoints)} could take the command within " +
        $"{options.ServerTimeout.TotalSeconds:0.#} s. Check that they run.");

    private bool HasWaitedLong(RedisCommand command) =>
        options.Clock.GetElapsedTime(command.BegunAt) >= options.ServerTimeout;

    private bool Tick()
    {
        if (!parking.IsEmpty)
        {
            topology.Refresh();
            DispatchParked();
        }

        foreach (var link in topology.Links)
        {
            _ = link.Connection?.Tick();
        }

        return pool.UnderWay > 0;
    }
}
