using Undercroft.Conformance;

namespace Undercroft.Sqlite.Tests;

/// <summary>The laws of jobs, on the store's own tables.</summary>
public sealed class SqliteJobConformance : JobConformance
{
    private readonly TempFolder folder = new();
    private int stores;

    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock) => await SqliteStore.OpenAsync(
        new SqliteStoreOptions { DatabasePath = folder.File($"jobs{stores++}.db"), DefaultDurability = Durability.Os },
        clock,
        Cancel);

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return default;
    }
}
