using Undercroft.Conformance;

namespace Undercroft.Sqlite.Tests;

/// <summary>The laws, on the SQLite library of the system.</summary>
public class SqliteConformance : StoreConformance
{
    private readonly TempFolder folder = new();
    private int stores;
    private int backups;

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.SharedWriters | StoreCapabilities.Backup |
        StoreCapabilities.Jobs;

    protected override IReadOnlyList<Durability> ExpectedDurability =>
        [Durability.Memory, Durability.Os, Durability.Disk];

    protected override bool CanOpenReadOnly => true;

    protected virtual string? LibraryPath => null;

    private string DatabasePath => folder.File($"store{stores}.db");

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        stores++;
        return OpenAsync(clock, DatabasePath);
    }

    protected override ValueTask<IStore> ReopenAsync(TimeProvider clock) => OpenAsync(clock, DatabasePath);

    protected override ValueTask<IStore> OpenReadOnlyAsync(TimeProvider clock) =>
        OpenAsync(clock, DatabasePath, readOnly: true);

    protected override string NewBackupTarget() => folder.File($"backup{backups++}.db");

    protected override ValueTask<IStore> OpenBackupAsync(string target, TimeProvider clock) => OpenAsync(clock, target);

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return default;
    }

    private async ValueTask<IStore> OpenAsync(TimeProvider clock, string path, bool readOnly = false) =>
        await SqliteStore.OpenAsync(
            new SqliteStoreOptions
            {
                DatabasePath = path,
                ReadOnly = readOnly,
                LibraryPath = LibraryPath,
            },
            clock,
            Cancel);
}
