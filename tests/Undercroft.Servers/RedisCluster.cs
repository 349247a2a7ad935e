using System.Globalization;

namespace Undercroft.Servers;

/// <summary>Six Redis servers as one cluster: three masters, each with a replica.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Masters = 3;
    private const int Slots = 16_384;

    private readonly List<RedisServer> nodes = [];

    private RedisCluster()
    {
    }

    /// <summary>The nodes: the masters first, then the replica of each, in the same order.</summary>
    public IReadOnlyList<RedisServer> Nodes => nodes;

    /// <summary>Makes a cluster and waits until all its nodes agree on it.</summary>
    /// <param name="options">How each node is set up.</param>
    /// <param name="nodeTimeout">After how long a node that is silent counts as gone; the default is one second.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RedisCluster> StartAsync(
        RedisServerOptions? options = null,
        TimeSpan? nodeTimeout = null,
        CancellationToken cancellationToken = default)
    {
        var timeout = (nodeTimeout ?? TimeSpan.FromSeconds(1)).TotalMilliseconds;
        options ??= new RedisServerOptions();
        var each = options with
        {
            Settings =
            [
                .. options.Settings,
                "cluster-enabled yes",
                string.Create(CultureInfo.InvariantCulture, $"cluster-node-timeout {timeout:f0}"),
                "cluster-replica-validity-factor 0",
                "repl-diskless-sync-delay 0",
                .. options.Password is { } password ? [$"masterauth {password}"] : Array.Empty<string>(),
            ],
        };
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < 2 * Masters; i++)
            {
                cluster.nodes.Add(await RedisServer.StartAsync(each, cancellationToken));
            }

            await cluster.JoinAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master that serves a key, as a node that runs sees it now; null where it knows of none, or only of
    /// one that is gone.</summary>
    /// <param name="key">The key; what stands in braces in it decides.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RedisServer?> MasterOfAsync(string key, CancellationToken cancellationToken = default)
    {
        var slot = int.Parse(
            await AnyRunning().AskAsync(["CLUSTER", "KEYSLOT", key], cancellationToken), CultureInfo.InvariantCulture);
        var lines = (await AnyRunning().AskAsync("CLUSTER NODES", cancellationToken)).Split('\n');
        foreach (var parts in lines.Select(static line => line.Split(' ')))
        {
            var flags = parts[2].Split(',');
            if (flags.Contains("master") && !flags.Contains("fail") && parts.Skip(8).Any(range => Has(range, slot)))
            {
                var port = int.Parse(parts[1].Split(':')[1].Split('@')[0], CultureInfo.InvariantCulture);
                return nodes.Single(node => node.Port == port);
            }
        }

        return null;
    }

    /// <summary>The replica that each master had in the beginning.</summary>
    public RedisServer ReplicaOf(RedisServer master) => nodes[Masters + nodes.IndexOf(master)];

    /// <summary>Any node that runs.</summary>
    public RedisServer AnyRunning() => nodes.First(static node => node.IsRunning);

    /// <summary>Ends all nodes.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static bool Has(string range, int slot)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], out var first) && first <= slot
            && slot <= int.Parse(ends[^1], CultureInfo.InvariantCulture);
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var first = nodes[0];
        for (var i = 0; i < nodes.Count; i++)
        {
            _ = await nodes[i].AskAsync($"CLUSTER SET-CONFIG-EPOCH {i + 1}", cancellationToken);
            if (i < Masters)
            {
                _ = await nodes[i].AskAsync(
                    $"CLUSTER ADDSLOTSRANGE {Slots * i / Masters} {(Slots * (i + 1) / Masters) - 1}",
                    cancellationToken);
            }

            if (i > 0)
            {
                _ = await first.AskAsync(
                    $"CLUSTER MEET {nodes[i].Host} {nodes[i].Port} {nodes[i].BusPort}", cancellationToken);
            }
        }

        await AllAgreeAsync("cluster_known_nodes:6", cancellationToken);
        for (var i = 0; i < Masters; i++)
        {
            var master = await nodes[i].AskAsync("CLUSTER MYID", cancellationToken);
            var replica = nodes[Masters + i];

            // It must have heard of the node as a master first.
            await replica.UntilAsync(
                $"CLUSTER REPLICATE {master}", static answer => answer == "OK", cancellationToken);
            await replica.UntilAsync(
                "INFO replication",
                static answer => answer.Contains("master_link_status:up", StringComparison.Ordinal),
                cancellationToken);
        }

        // Everybody must know who is whose replica: only then is a failover voted for.
        foreach (var node in nodes)
        {
            await node.UntilAsync(
                "CLUSTER NODES",
                static answer => answer.Split('\n').Count(static line =>
                    line.Contains("slave", StringComparison.Ordinal)
                    && !line.Contains("fail", StringComparison.Ordinal)) == Masters,
                cancellationToken);
        }

        await AllAgreeAsync("cluster_state:ok", cancellationToken);
    }

    private async Task AllAgreeAsync(string what, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            await node.UntilAsync(
                "CLUSTER INFO", answer => answer.Contains(what, StringComparison.Ordinal), cancellationToken);
        }
    }
}
