using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The laws, on the server that the tests share. Its log is flushed every second: it promises no more than
/// memory.</summary>
public class RedisConformance(SharedRedis shared) : StoreConformance
{
    private readonly List<StoreName> names = [];

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.SharedWriters | StoreCapabilities.Jobs;

    protected override IReadOnlyList<Durability> ExpectedDurability => [Durability.Memory];

    protected override bool CanOpenReadOnly => true;

    /// <summary>The server.</summary>
    protected virtual async ValueTask<RedisServer> ServerAsync() => await shared.ServerAsync();

    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        names.Add(new StoreName(await ServerAsync()));
        return await ReopenAsync(clock);
    }

    protected override async ValueTask<IStore> ReopenAsync(TimeProvider clock) =>
        await RedisStore.OpenAsync(Configure(names[^1].Options()), clock, Cancel);

    protected override async ValueTask<IStore> OpenReadOnlyAsync(TimeProvider clock)
    {
        var options = Configure(names[^1].Options());
        options.ReadOnly = true;
        return await RedisStore.OpenAsync(options, clock, Cancel);
    }

    protected override async ValueTask CleanUpAsync()
    {
        foreach (var name in names)
        {
            await name.DisposeAsync();
        }
    }

    /// <summary>Changes the settings of a store.</summary>
    protected virtual RedisStoreOptions Configure(RedisStoreOptions options) => options;
}
