using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Undercroft.Crash.Tests;

/// <summary>The client is killed; the server lives on, and may still be at what the client has sent.</summary>
public sealed class PostgresCrash(SharedPostgres shared) : BackendCrash
{
    private PostgresServer? server;
    private string database = "";

    protected override string Backend => "postgres";

    protected override bool OrdersFeedByRevision => false;

    protected override string Place => $"{server!.Address(database)}?views=off&horizonWait=60s";

    protected override async ValueTask<IStore> OpenAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (server is null)
        {
            server = await shared.ServerAsync();
            database = await server.CreateDatabaseAsync(cancel);
        }

        // What the killed client has sent is done or not done once its connections have ended.
        var ask = $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'";
        while (await server.QueryAsync(ask, cancellationToken: cancel) != "0")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancel);
        }

        return await base.OpenAsync();
    }
}
