using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>The laws of jobs, on the store's own tables, each test in a tenant of its own.</summary>
public class PostgresJobConformance(SharedPostgres shared) : JobConformance
{
    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        var options = TestStores.Options(await AddressAsync(shared), $"t{Guid.NewGuid():n}");
        Set(options);
        return await PostgresStore.OpenAsync(options, clock, Cancel);
    }

    /// <summary>Where the store is reached.</summary>
    protected virtual async Task<string> AddressAsync(SharedPostgres servers) =>
        (await servers.ServerAsync()).Address();

    /// <summary>Changes the settings of a binding.</summary>
    protected virtual void Set(PostgresStoreOptions options)
    {
    }
}
