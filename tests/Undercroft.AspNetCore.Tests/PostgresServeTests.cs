using Undercroft.Servers;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The service on PostgreSQL, each test in a database of its own.</summary>
public sealed class PostgresServeTests(SharedPostgres shared) : ServeConformance, IAsyncLifetime
{
    private string store = "";

    protected override string Store => store;

    public async ValueTask InitializeAsync()
    {
        var server = await shared.ServerAsync();
        store = server.Address(await server.CreateDatabaseAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => default;
}
