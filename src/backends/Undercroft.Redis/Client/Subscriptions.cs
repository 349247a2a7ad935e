namespace Undercroft.Redis.Client;

/// <summary>The channels that are listened to, and who listens.</summary>
internal sealed class Subscriptions(CommandPool pool)
{
    private readonly Lock gate = new();
    private readonly List<Subscription> all = [];

    /// <summary>Begins to listen; see <see cref="IRedisClient.SubscribeAsync"/>.</summary>
    public async ValueTask<IAsyncDisposable> AddAsync(
        RedisClient client,
        ReadOnlyMemory<byte> channel,
        Action<ReadOnlyMemory<byte>> heard,
        CancellationToken cancellationToken)
    {
        var added = new Subscription(this, client, channel.ToArray(), heard);
        lock (gate)
        {
            all.Add(added);
        }

        try
        {
            var name = IsSharded(client) ? "SSUBSCRIBE"u8 : "SUBSCRIBE"u8;
            var command = client.Create(name).AddKey(channel.Span).Repeatable().Pushed();
            (await client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
            return added;
        }
        catch
        {
            _ = Remove(added);
            throw;
        }
    }

    /// <summary>Listens again to everything, over a new connection.</summary>
    public void Renew(RedisConnection connection)
    {
        var isSharded = connection.Server.Mode == "cluster";
        foreach (var subscription in Snapshot())
        {
            // In a cluster the server refuses the channels of others; they are renewed over their own.
            var name = isSharded ? "SSUBSCRIBE"u8 : "SUBSCRIBE"u8;
            var command = pool.Create(name).AddKey(subscription.Channel).Pushed();
            command.Seal(CancellationToken.None);
            if (!connection.TrySend(command))
            {
                command.Complete(isInline: false);
            }

            subscription.Heard(default);
        }
    }

    /// <summary>Passes on what was said on a channel.</summary>
    public void Hear(in RedisReply push)
    {
        var parts = push.ToArray();
        if (parts.Length < 3)
        {
            return;
        }

        var kind = parts[0].Bytes.Span;
        var isMessage = kind.SequenceEqual("message"u8) || kind.SequenceEqual("smessage"u8);
        var isMoved = kind.SequenceEqual("sunsubscribe"u8);
        foreach (var subscription in Snapshot())
        {
            if (!parts[1].Bytes.Span.SequenceEqual(subscription.Channel))
            {
                continue;
            }

            if (isMessage)
            {
                subscription.Heard(parts[2].Bytes);
            }
            else if (isMoved)
            {
                subscription.Follow();
            }
        }
    }

    private static bool IsSharded(RedisClient client) => client.Server.Mode == "cluster";

    private Subscription[] Snapshot()
    {
        lock (gate)
        {
            return [.. all];
        }
    }

    // True where nobody listens to its channel any more.
    private bool Remove(Subscription subscription)
    {
        lock (gate)
        {
            return all.Remove(subscription)
                && !all.Exists(other => other.Channel.AsSpan().SequenceEqual(subscription.Channel));
        }
    }

    private sealed class Subscription(
        Subscriptions owner, RedisClient client, byte[] channel, Action<ReadOnlyMemory<byte>> heard) : IAsyncDisposable
    {
        public byte[] Channel => channel;

        public void Heard(ReadOnlyMemory<byte> message) => heard(message);

        // The slot has moved to another server, and the channel with it.
        public void Follow()
        {
            _ = client.SendAsync(client.Create("SSUBSCRIBE"u8).AddKey(channel).Repeatable().Pushed()).AsTask();
            heard(default);
        }

        public async ValueTask DisposeAsync()
        {
            if (!owner.Remove(this))
            {
                return;
            }

            try
            {
                var name = IsSharded(client) ? "SUNSUBSCRIBE"u8 : "UNSUBSCRIBE"u8;
                var command = client.Create(name).AddKey(channel).Repeatable().Pushed();
                (await client.SendAsync(command).ConfigureAwait(false)).Dispose();
            }
            catch (Exception error) when (error is RedisException or ObjectDisposedException)
            {
                // A connection that is gone has forgotten its channels, and nothing is passed on any more.
            }
        }
    }
}
