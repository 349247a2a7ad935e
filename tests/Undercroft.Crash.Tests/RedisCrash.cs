using System.Diagnostics;
using Undercroft.Conformance.Crash;
using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Kills the client, and each fourth time its server too, which flushes its log before each answer: what was
/// acknowledged is there when the server is started again.</summary>
public sealed class RedisCrash : CrashConformance
{
    // A server takes its time to start again.
    private const int ServerKilledEvery = 4;

    private RedisServer? server;
    private int kills;

    protected override string Backend => "redis";

    private string Place => FormattableString.Invariant($"{server!.Host}:{server.Port}");

    protected override ProcessStartInfo NewChild() => BackendCrash.Command(Backend, Place);

    protected override async ValueTask<IStore> OpenAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (server is null)
        {
            server = await RedisServer.StartAsync(new RedisServerOptions { AppendSync = "always" }, cancel);
        }
        else if (++kills % ServerKilledEvery == 0)
        {
            await server.KillAsync(cancel);
            await server.StartAgainAsync(cancel);
        }
        else
        {
            // What the killed client has sent is done or not done once its connections have ended: none is left but the
            // one that asks.
            await server.UntilAsync(
                "INFO clients",
                static said => said.Contains("connected_clients:1\r", StringComparison.Ordinal)
                    || said.Contains("connected_clients:1\n", StringComparison.Ordinal),
                cancel);
        }

        return await DurableStores.All[Backend](Place);
    }

    protected override async ValueTask CleanUpAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
