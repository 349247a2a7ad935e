using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The laws of jobs, on jobs kept as records of a server, each test in a tenant of its own.</summary>
public sealed class PostgresJobConformance(SharedPostgres shared) : JobConformance
{
    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock) => await PostgresStore.OpenAsync(
        TestStores.Options((await shared.ServerAsync()).Address(), $"t{Guid.NewGuid():n}"), clock, Cancel);
}
