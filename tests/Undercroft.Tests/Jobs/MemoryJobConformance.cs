using Undercroft.Conformance;

namespace Undercroft.Tests.Jobs;

/// <summary>The laws of jobs, on the memory store's own.</summary>
public class MemoryJobConformance : JobConformance
{
    protected override ValueTask<IStore> OpenAsync(TimeProvider clock) => new(new MemoryStore(clock: clock));
}
