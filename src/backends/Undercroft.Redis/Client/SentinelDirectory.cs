using System.Globalization;

namespace Undercroft.Redis.Client;

/// <summary>Asks the Sentinels where the primary is.</summary>
internal sealed class SentinelDirectory : IConnectionOwner
{
    private readonly RedisClientOptions options;
    private readonly CommandPool pool;
    private int next;

    /// <summary>Reads who the Sentinels are from the client's options.</summary>
    public SentinelDirectory(RedisClientOptions options, CommandPool pool)
    {
        this.pool = pool;
        this.options = new RedisClientOptions
        {
            Endpoints = options.Endpoints,
            SentinelName = options.SentinelName,
            User = options.SentinelUser,
            Password = options.SentinelPassword,
            ClientName = options.ClientName,
            Tls = options.Tls,
            ConnectTimeout = options.ConnectTimeout,
            CommandTimeout = options.CommandTimeout,
            Clock = options.Clock,
        };
    }

    /// <summary>Finds the primary; each Sentinel is asked once at most, beginning with the one that knew last.
    /// </summary>
    /// <exception cref="RedisException">None knows.</exception>
    public async ValueTask<RedisEndpoint> FindAsync(CancellationToken cancellationToken)
    {
        RedisException? last = null;
        for (var left = options.Endpoints.Count; left > 0; left--)
        {
            var sentinel = options.Endpoints[next % options.Endpoints.Count];
            try
            {
                if (await AskAsync(sentinel, cancellationToken).ConfigureAwait(false) is { } primary)
                {
                    return primary;
                }

                last = new RedisException(
                    RedisFailure.Unavailable,
                    $"The Sentinel {sentinel} knows no primary named '{options.SentinelName}'. Check the name with " +
                    "SENTINEL MASTERS.");
            }
            catch (RedisException error)
            {
                last = error;
            }

            next++;
        }

        throw last!;
    }

    /// <inheritdoc/>
    public bool TryTake(RedisConnection connection, RedisCommand command) => false;

    /// <inheritdoc/>
    public void Hear(RedisConnection connection, in RedisReply push)
    {
        // Nothing was subscribed to.
    }

    /// <inheritdoc/>
    public void Bury(RedisConnection connection, List<RedisCommand> unanswered, long handedOver)
    {
        foreach (var command in unanswered)
        {
            command.Fail(new RedisException(
                RedisFailure.Unavailable, $"The Sentinel {connection.Endpoint} has hung up. Check that it runs."));
            command.Complete(isInline: false);
        }
    }

    private async ValueTask<RedisEndpoint?> AskAsync(RedisEndpoint sentinel, CancellationToken cancellationToken)
    {
        var connection = await Greeting.OpenAsync(sentinel, options, pool, this, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var command = pool.Create("SENTINEL"u8).Add("GET-MASTER-ADDR-BY-NAME"u8).Add(options.SentinelName!);
            using var reply = await Greeting.SendAsync(connection, command, both.Token).ConfigureAwait(false);
            return reply.Count == 2 && reply.ToArray() is [var host, var text]
                && int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port is > 0 and <= 65_535
                    ? new RedisEndpoint(host.Text, port)
                    : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RedisException(
                RedisFailure.Unavailable, $"The Sentinel {sentinel} does not answer. Check that it runs.");
        }
        finally
        {
            connection.Dispose();
        }
    }
}
