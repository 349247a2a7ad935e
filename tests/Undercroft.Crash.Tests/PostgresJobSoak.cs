using System.Globalization;
using Undercroft.Servers;

namespace Undercroft.Crash.Tests;

/// <summary>Jobs without end in one PostgreSQL database, whose vacuum keeps up.</summary>
public sealed class PostgresJobSoak(SharedPostgres shared) : JobSoak, IAsyncLifetime
{
    private PostgresServer? server;
    private string database = "";

    protected override string Store => server!.Address(database);

    protected override (string Name, long Slack) Waste => ("dead tuples", 20_000);

    public async ValueTask InitializeAsync()
    {
        server = await shared.ServerAsync();
        database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => default;

    protected override async ValueTask<long> WasteAsync() => long.Parse(
        await server!.QueryAsync("SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables", database, Token),
        NumberStyles.Integer,
        CultureInfo.InvariantCulture);
}
