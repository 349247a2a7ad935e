using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>The laws of jobs, behind a pooler that hands out the server by transactions.</summary>
public sealed class BouncerJobConformance(SharedPostgres shared, SharedBouncer bouncer) : PostgresJobConformance(shared)
{
    protected override Task<string> AddressAsync(SharedPostgres servers) => bouncer.AddressAsync(servers);

    protected override void Set(PostgresStoreOptions options) => options.TransactionPooler = true;
}
