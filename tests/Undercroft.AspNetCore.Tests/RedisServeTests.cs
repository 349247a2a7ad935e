using Undercroft.Servers;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The service on Redis, each test in a store of its own.</summary>
public sealed class RedisServeTests(SharedRedis shared) : ServeConformance, IAsyncLifetime
{
    private string store = "";

    protected override string Store => store;

    public async ValueTask InitializeAsync()
    {
        var address = (await shared.ServerAsync()).Address;
        var next = address.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        store = $"{address}{next}store=serve-{Guid.NewGuid():n}";
    }

    public ValueTask DisposeAsync() => default;
}
