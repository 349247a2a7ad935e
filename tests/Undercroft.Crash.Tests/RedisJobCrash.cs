using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Workers of one store in Redis, killed.</summary>
public sealed class RedisJobCrash : JobCrash, IAsyncLifetime
{
    private RedisServer? server;

    protected override string Store => server!.Address;

    public async ValueTask InitializeAsync() => server = await RedisServer.StartAsync(
        new RedisServerOptions { AppendSync = "always" }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
