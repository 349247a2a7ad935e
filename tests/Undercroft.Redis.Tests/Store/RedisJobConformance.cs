using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The laws of jobs, on jobs kept as records of a server.</summary>
public sealed class RedisJobConformance(SharedRedis shared) : JobConformance
{
    private readonly List<StoreName> names = [];

    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        names.Add(new StoreName(await shared.ServerAsync()));
        return await RedisStore.OpenAsync(names[^1].Options(), clock, Cancel);
    }

    protected override async ValueTask CleanUpAsync()
    {
        foreach (var name in names)
        {
            await name.DisposeAsync();
        }
    }
}
