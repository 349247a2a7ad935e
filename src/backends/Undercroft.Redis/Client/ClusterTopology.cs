using System.Globalization;

namespace Undercroft.Redis.Client;

/// <summary>A cluster: sixteen thousand slots, each on one primary, and a map of them that the servers correct.
/// </summary>
internal sealed class ClusterTopology : ITopology
{
    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(200);

    private readonly RedisClientOptions options;
    private readonly CommandPool pool;
    private readonly IConnectionOwner owner;
    private readonly ILinkOwner linkOwner;
    private readonly Lock gate = new();
    private readonly RedisLink?[] slots = new RedisLink?[HashSlot.Count];
    private readonly CancellationTokenSource ending = new();
    private Dictionary<RedisEndpoint, RedisLink> links = [];
    private List<Task> leaving = [];
    private Task refreshing = Task.CompletedTask;
    private long refreshedAt;
    private int isRefreshing;
    private RedisException? failure;

    /// <summary>Prepares a map that is empty.</summary>
    public ClusterTopology(RedisClientOptions options, CommandPool pool, IConnectionOwner owner, ILinkOwner linkOwner)
    {
        (this.options, this.pool, this.owner, this.linkOwner) = (options, pool, owner, linkOwner);
        if (options.Database != 0)
        {
            throw new RedisException(
                RedisFailure.Unsupported,
                $"A Redis cluster has only database 0, not {options.Database}. Leave the number out of the URI.");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<RedisLink> Links => Volatile.Read(ref links).Values;

    /// <inheritdoc/>
    public RedisException? Failure => Volatile.Read(ref failure)
        ?? Links.Select(static link => link.Failure).FirstOrDefault(static error => error is not null);

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAny(Links.Select(static link => link.Tried)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public RedisConnection? Find(RedisCommand command)
    {
        if (!command.Key.IsEmpty)
        {
            return Volatile.Read(ref slots[HashSlot.Of(command.Key)])?.Connection;
        }

        foreach (var link in Links)
        {
            if (link.Connection is { } connection)
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public RedisConnection? Learn(RedisConnection from, string answer)
    {
        // "MOVED 3999 127.0.0.1:6381", "ASK 3999 127.0.0.1:6381"
        var parts = answer.Split(' ');
        if (parts.Length < 3
            || parts[0] is not ("MOVED" or "ASK")
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            || slot >= HashSlot.Count
            || ParseEndpoint(parts[2], from.Endpoint) is not { } endpoint)
        {
            if (parts[0] == "READONLY")
            {
                // It was a primary and is no longer; the map will say who is.
                from.Close(ServerErrors.Of(answer, from.Endpoint, "a write", secret: null));
            }

            Refresh();
            return null;
        }

        var link = LinkTo(endpoint);
        if (parts[0] == "ASK")
        {
            return link?.Connection;
        }

        Volatile.Write(ref slots[slot], link);
        Refresh();
        return null;
    }

    /// <inheritdoc/>
    public void Refresh()
    {
        if (ending.IsCancellationRequested
            || (refreshedAt != 0 && options.Clock.GetElapsedTime(refreshedAt) < RefreshPause)
            || Interlocked.Exchange(ref isRefreshing, 1) != 0)
        {
            return;
        }

        refreshing = RefreshInBackgroundAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        await refreshing.ConfigureAwait(false);
        Dictionary<RedisEndpoint, RedisLink> last;
        lock (gate)
        {
            last = links;
            Volatile.Write(ref links, []);
        }

        foreach (var link in last.Values)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(leaving).ConfigureAwait(false);
        ending.Dispose();
    }

    private static RedisEndpoint? ParseEndpoint(string text, RedisEndpoint from)
    {
        // "host:port", "[v6]:port" without brackets as Redis writes it, or ":port" for the same host.
        var colon = text.LastIndexOf(':');
        if (colon < 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > 65_535)
        {
            return null;
        }

        return new RedisEndpoint(colon == 0 ? from.Host : text[..colon], port);
    }

    private async Task RefreshInBackgroundAsync()
    {
        try
        {
            await RefreshAsync(ending.Token).ConfigureAwait(false);
            Volatile.Write(ref failure, null);
        }
        catch (RedisException error)
        {
            Volatile.Write(ref failure, error);
        }
        catch (OperationCanceledException)
        {
            // The client is going.
        }
        finally
        {
            refreshedAt = options.Clock.GetTimestamp();
            Volatile.Write(ref isRefreshing, 0);
        }
    }

    // Asks one server after another, those first that are connected, for the map.
    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        RedisException? last = null;
        foreach (var link in Links)
        {
            if (link.Connection is not { } connection)
            {
                continue;
            }

            try
            {
                Apply(await ReadMapAsync(connection, cancellationToken).ConfigureAwait(false));
                return;
            }
            catch (RedisException error)
            {
                last = error;
            }
        }

        foreach (var endpoint in Links.Count == 0 ? options.Endpoints : [.. links.Keys, .. options.Endpoints])
        {
            try
            {
                using var connection = await Greeting.OpenAsync(endpoint, options, pool, owner, cancellationToken)
                    .ConfigureAwait(false);
                RequireCluster(connection);
                Apply(await ReadMapAsync(connection, cancellationToken).ConfigureAwait(false));
                return;
            }
            catch (RedisException error)
            {
                last = error;
            }
        }

        throw last!;
    }

    private static void RequireCluster(RedisConnection connection)
    {
        if (connection.Server.Mode != "cluster")
        {
            throw new RedisException(
                RedisFailure.Unsupported,
                $"The Redis server {connection.Endpoint} belongs to no cluster. Name servers of one.");
        }
    }

    private async ValueTask<List<SlotRange>> ReadMapAsync(
        RedisConnection connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var command = pool.Create("CLUSTER"u8).Add("SLOTS"u8);
            using var reply = await Greeting.SendAsync(connection, command, both.Token).ConfigureAwait(false);
            return SlotRange.Read(reply, connection.Endpoint);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RedisException(
                RedisFailure.Unavailable,
                $"The Redis server {connection.Endpoint} does not answer. Check that it runs.");
        }
    }

    private void Apply(List<SlotRange> ranges)
    {
        if (ranges.Count == 0)
        {
            throw new RedisException(
                RedisFailure.Unavailable,
                "The Redis cluster serves no slots yet. Create it with redis-cli --cluster create, then retry.");
        }

        lock (gate)
        {
            var next = new Dictionary<RedisEndpoint, RedisLink>();
            foreach (var range in ranges)
            {
                if (!next.TryGetValue(range.Primary, out var link))
                {
                    link = links.GetValueOrDefault(range.Primary) ?? NewLink(range.Primary);
                    next[range.Primary] = link;
                }

                for (var slot = range.First; slot <= range.Last; slot++)
                {
                    Volatile.Write(ref slots[slot], link);
                }
            }

            leaving.RemoveAll(static task => task.IsCompleted);
            leaving.AddRange(links.Where(pair => !next.ContainsKey(pair.Key)).Select(pair => EndAsync(pair.Value)));
            Volatile.Write(ref links, next);
        }
    }

    private RedisLink? LinkTo(RedisEndpoint endpoint)
    {
        lock (gate)
        {
            if (ending.IsCancellationRequested)
            {
                return null;
            }

            if (links.TryGetValue(endpoint, out var link))
            {
                return link;
            }

            var made = NewLink(endpoint);
            Volatile.Write(ref links, new Dictionary<RedisEndpoint, RedisLink>(links) { [endpoint] = made });
            return made;
        }
    }

    private RedisLink NewLink(RedisEndpoint endpoint)
    {
        var link = new RedisLink(
            options, token => Greeting.OpenAsync(endpoint, options, pool, owner, token), linkOwner);
        link.Start();
        return link;
    }

    // A server that has left, or leads no longer: what it still owes is waited for elsewhere.
    private static async Task EndAsync(RedisLink link)
    {
        await Task.Yield();
        await link.DisposeAsync().ConfigureAwait(false);
    }
}
