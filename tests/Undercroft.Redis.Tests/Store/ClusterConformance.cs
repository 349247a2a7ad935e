using Undercroft.Conformance;

namespace Undercroft.Redis.Tests;

/// <summary>The laws of commits, reads, indexes, waits and the feed in a cluster of six, where each store lies on one
/// of three masters.</summary>
public sealed class ClusterConformance(ClusterFixture cluster)
    : LifetimeLaws, IClassFixture<ClusterFixture>
{
    private string name = string.Empty;

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.SharedWriters | StoreCapabilities.Jobs;

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
}
