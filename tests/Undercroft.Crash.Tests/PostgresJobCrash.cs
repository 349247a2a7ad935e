using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Workers of one PostgreSQL database, killed.</summary>
public sealed class PostgresJobCrash(SharedPostgres shared) : JobCrash, IAsyncLifetime
{
    private string uri = "";

    protected override string Store => uri;

    public async ValueTask InitializeAsync()
    {
        var server = await shared.ServerAsync();
        uri = server.Address(await server.CreateDatabaseAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => default;
}
