using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The cluster, for all tests of the class.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private RedisCluster? cluster;

    /// <summary>Its first two masters; the client finds the others.</summary>
    public string Hosts => string.Join(
        ',', cluster!.Nodes.Take(2).Select(static node => FormattableString.Invariant($"{node.Host}:{node.Port}")));

    /// <summary>A node that is no master.</summary>
    public RedisServer Replica => cluster!.ReplicaOf(cluster.Nodes[0]);

    public async ValueTask InitializeAsync() => cluster = await RedisCluster.StartAsync(
        new RedisServerOptions { AppendOnly = false },
        TimeSpan.FromSeconds(15),
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }
}
