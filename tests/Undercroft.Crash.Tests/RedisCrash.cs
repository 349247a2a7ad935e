using System.Diagnostics;
using Undercroft.Conformance.Crash;
using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Half of the kills of Redis: beside the other half, since most of the time is spent on starting.</summary>
public abstract class RedisCrash(int serverKilledEvery) : CrashConformance
{
    private RedisServer? server;
    private int kills;

    protected override string Backend => "redis";

    protected override int Kills => base.Kills / 2;

    private string Place => FormattableString.Invariant($"{server!.Host}:{server.Port}");

    protected override ProcessStartInfo NewChild() => BackendCrash.Command(Backend, Place);

    protected override async ValueTask<IStore> OpenAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (server is null)
        {
            server = await RedisServer.StartAsync(new RedisServerOptions { AppendSync = "always" }, cancel);
        }
        else if (++kills % serverKilledEvery == 0)
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
