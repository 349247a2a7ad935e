using Undercroft.Conformance;

namespace Undercroft.Files.Tests;

/// <summary>The laws of jobs, on jobs kept as records of a folder.</summary>
public sealed class FileJobConformance : JobConformance
{
    private readonly TempFolder folder = new();

    protected override async ValueTask<IStore> OpenAsync(TimeProvider clock) => await FileStore.OpenAsync(
        new FileStoreOptions { Directory = folder.NewPath(), DefaultDurability = Durability.Memory }, clock, Cancel);

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return default;
    }
}
