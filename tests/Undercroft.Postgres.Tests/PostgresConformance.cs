using Undercroft.Conformance;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The laws, each test in a tenant of its own.</summary>
public class PostgresConformance(SharedPostgres shared) : StoreConformance
{
    private string tenant = "";
    private string? address;

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.SharedWriters | StoreCapabilities.Jobs;

    // The servers of the tests do not wait for a disk, and so promise none.
    protected override IReadOnlyList<Durability> ExpectedDurability => [Durability.Memory, Durability.Os];

    protected override bool CanOpenReadOnly => true;

    protected override bool OrdersFeedByRevision => false;

    protected override TimeSpan Patience => TimeSpan.FromSeconds(90);

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        tenant = $"t{Guid.NewGuid():n}";
        return OpenAsync(clock, readOnly: false);
    }

    protected override ValueTask<IStore> ReopenAsync(TimeProvider clock) => OpenAsync(clock, readOnly: false);

    protected override ValueTask<IStore> OpenReadOnlyAsync(TimeProvider clock) => OpenAsync(clock, readOnly: true);

    /// <summary>Where the store is reached.</summary>
    protected virtual async Task<string> AddressAsync(SharedPostgres servers) =>
        (await servers.ServerAsync()).Address();

    /// <summary>Changes the settings of a binding.</summary>
    protected virtual void Set(PostgresStoreOptions options)
    {
    }

    private async ValueTask<IStore> OpenAsync(TimeProvider clock, bool readOnly)
    {
        address ??= await AddressAsync(shared);
        var options = TestStores.Options(address, tenant);
        options.ReadOnly = readOnly;
        Set(options);
        return await PostgresStore.OpenAsync(options, clock, Cancel);
    }
}
