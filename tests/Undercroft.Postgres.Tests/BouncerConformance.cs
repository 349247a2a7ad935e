using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(Undercroft.Postgres.Tests.SharedBouncer))]

namespace Undercroft.Postgres.Tests;

/// <summary>The laws, behind a pooler that hands out the server by transactions, on tables parted by tenant.</summary>
public sealed class BouncerConformance(SharedPostgres shared, SharedBouncer bouncer) : PostgresConformance(shared)
{
    protected override Task<string> AddressAsync(SharedPostgres servers) => bouncer.AddressAsync(servers);

    protected override void Set(PostgresStoreOptions options)
    {
        options.TransactionPooler = true;
        options.Partitions = 4;
    }
}
