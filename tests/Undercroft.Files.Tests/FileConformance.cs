using Undercroft.Conformance;

namespace Undercroft.Files.Tests;

public sealed class FileConformance : StoreConformance
{
    private readonly TempFolder folder = new();
    private readonly string directory;

    public FileConformance() => directory = folder.NewPath();

    protected override StoreCapabilities ExpectedCapabilities =>
        StoreCapabilities.Persistent | StoreCapabilities.Backup;

    protected override IReadOnlyList<Durability> ExpectedDurability =>
        [Durability.Memory, Durability.Os, Durability.Disk];

    protected override bool CanOpenReadOnly => true;

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock) => Open(directory, clock);

    protected override ValueTask<IStore> OpenReadOnlyAsync(TimeProvider clock) =>
        Open(directory, clock, readOnly: true);

    protected override string NewBackupTarget() => folder.NewPath();

    protected override ValueTask<IStore> OpenBackupAsync(string target, TimeProvider clock) => Open(target, clock);

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return default;
    }

    private static async ValueTask<IStore> Open(string directory, TimeProvider clock, bool readOnly = false) =>
        await FileStore.OpenAsync(new FileStoreOptions { Directory = directory, ReadOnly = readOnly }, clock, Cancel);
}
