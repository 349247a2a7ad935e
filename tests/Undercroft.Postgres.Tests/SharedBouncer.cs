using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The pooler that tests share, and its database.</summary>
public sealed class SharedBouncer : IAsyncLifetime
{
    private readonly SemaphoreSlim turn = new(1);
    private PgBouncer? bouncer;
    private string? address;

    public async Task<string> AddressAsync(SharedPostgres shared)
    {
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (address is null)
            {
                var server = await shared.ServerAsync();
                var database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
                bouncer = await PgBouncer.StartAsync(server, 8, TestContext.Current.CancellationToken);
                address = bouncer.Address(database);
            }

            return address;
        }
        finally
        {
            _ = turn.Release();
        }
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (bouncer is not null)
        {
            await bouncer.DisposeAsync();
        }

        turn.Dispose();
    }
}
