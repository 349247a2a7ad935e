using Undercroft.Conformance;

namespace Undercroft.Tests;

public sealed class MemoryConformance : StoreConformance
{
    protected override StoreCapabilities ExpectedCapabilities => StoreCapabilities.Jobs;

    protected override IReadOnlyList<Durability> ExpectedDurability => [Durability.Memory];

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock) => new(new MemoryStore(clock: clock));
}
