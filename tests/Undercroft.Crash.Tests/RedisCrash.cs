using System.Diagnostics;
using Undercroft.Conformance.Crash;
using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Kills the client and then its server, which flushes its log before each answer: what was acknowledged is
/// there when the server is started again.</summary>
public sealed class RedisCrash : CrashConformance
{
    private RedisServer? server;

    protected override string Backend => "redis";

    // Each kill is one of the server too, which takes its seconds to start again.
    protected override int Kills => base.Kills / 4;

    private string Place => FormattableString.Invariant($"{server!.Host}:{server.Port}");

    protected override ProcessStartInfo NewChild() => BackendCrash.Command(Backend, Place);

    protected override async ValueTask<IStore> OpenAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (server is null)
        {
            server = await RedisServer.StartAsync(new RedisServerOptions { AppendSync = "always" }, cancel);
        }
        else
        {
            await server.KillAsync(cancel);
            await server.StartAgainAsync(cancel);
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
