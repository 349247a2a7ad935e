using Undercroft;
using Undercroft.Conformance;

namespace LogStore.Tests;

// docs:binding
/// <summary>Every law of a store, on a backend that Undercroft has never heard of.</summary>
public sealed class LogConformance : StoreConformance
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("log-store-");
    private int stores;

    protected override StoreCapabilities ExpectedCapabilities => StoreCapabilities.Persistent;

    protected override IReadOnlyList<Durability> ExpectedDurability => [Durability.Os, Durability.Disk];

    private string LogPath => Path.Combine(folder.FullName, $"{stores}.log");

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock)
    {
        stores++;
        return ReopenAsync(clock);
    }

    protected override ValueTask<IStore> ReopenAsync(TimeProvider clock) => new(LogFileStore.Open(LogPath, clock));

    protected override ValueTask CleanUpAsync()
    {
        folder.Delete(recursive: true);
        return default;
    }
}
// docs:end
