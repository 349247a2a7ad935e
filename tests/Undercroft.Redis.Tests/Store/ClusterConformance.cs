using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The laws of commits, reads, indexes, waits and the feed in a cluster of six, where each store lies on one
/// of three masters.</summary>
public sealed class ClusterConformance(ClusterConformance.Cluster cluster)
    : LifetimeLaws, IClassFixture<ClusterConformance.Cluster>
{
    private string name = string.Empty;

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.SharedWriters;

    protected override IReadOnlyList<Durability> ExpectedDurability => [Durability.Memory];

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        // The stores' names decide the masters they lie on.
        name = $"test-{Guid.CreateVersion7():N}";
        return ReopenAsync(clock);
    }

    protected override async ValueTask<IStore> ReopenAsync(TimeProvider clock) => await RedisStore.OpenAsync(
        new RedisStoreOptions { Hosts = cluster.Hosts, StoreName = name, ServerTimeout = TimeSpan.FromSeconds(60) },
        clock,
        Cancel);

    /// <summary>The cluster, for all tests of the class.</summary>
    public sealed class Cluster : IAsyncLifetime
    {
        private RedisCluster? cluster;

        /// <summary>Its first two masters; the client finds the others.</summary>
        public string Hosts => string.Join(
            ',', cluster!.Nodes.Take(2).Select(static node => FormattableString.Invariant($"{node.Host}:{node.Port}")));

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
}
