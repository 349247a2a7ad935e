using Undercroft.Layers;
using Undercroft.Servers;
using Xunit.Sdk;

namespace Undercroft.Servers.Tests;

/// <summary>The load that the runs of faults are judged by sees what it must see.</summary>
public sealed class FaultLoadTests
{
    private int calls;

    [Fact]
    public async Task A_sound_store_passes()
    {
        await using var store = new MemoryStore();
        await using var load = FaultLoad.Begin(store, writers: 4, Durability.Memory);
        var since = TimeProvider.System.GetTimestamp();
        await load.MoreAsync(200);
        _ = await load.WorksAgainAsync(since);

        var tally = await load.EndAsync(store);

        Assert.True(tally.Acknowledged >= 200);
        Assert.Equal((0, 0, 0), (tally.Lost, tally.Repeated, tally.Refused));
    }

    [Fact]
    public async Task What_was_acknowledged_and_is_gone_is_seen()
    {
        await using var store = new Changed(new MemoryStore(), async (inner, commit) =>
            Every(50) ? new CommitResult { Revision = new Revision(1) } : await inner.CommitAsync(commit));

        await FailsAsync(store, "Acknowledged and lost: ");
    }

    [Fact]
    public async Task What_was_applied_twice_is_seen()
    {
        await using var store = new Changed(new MemoryStore(), async (inner, commit) =>
        {
            if (Every(50))
            {
                _ = await inner.CommitAsync(new Commit(commit.Operations));
            }

            return await inner.CommitAsync(commit);
        });

        await FailsAsync(store, "a commit was applied twice");
    }

    [Fact]
    public async Task A_call_that_may_be_repeated_is_and_any_other_failure_ends_the_load()
    {
        await using var store = new Changed(new MemoryStore(), async (inner, commit) =>
        {
            var result = await inner.CommitAsync(commit);
            return Every(10)
                ? throw new StoreException(StoreErrorKind.Unavailable, "gone") { IsTransient = true }
                : result;
        });
        await using (var load = FaultLoad.Begin(store, writers: 4, Durability.Memory))
        {
            await load.MoreAsync(100);
            var tally = await load.EndAsync(store);
            Assert.True(tally.Refused > 0);
            Assert.Equal(tally.Refused, tally.Repeated);
        }

        await using var broken = new Changed(new MemoryStore(), static (_, _) =>
            throw new StoreException(StoreErrorKind.Corrupt, "broken"));
        await using var other = FaultLoad.Begin(broken, writers: 1, Durability.Memory);
        _ = await Assert.ThrowsAsync<StoreException>(() => other.MoreAsync(1));
    }

    private static async Task FailsAsync(IStore store, string how)
    {
        await using var load = FaultLoad.Begin(store, writers: 4, Durability.Memory);
        await load.MoreAsync(200);

        var error = await Assert.ThrowsAnyAsync<XunitException>(() => load.EndAsync(store));

        Assert.Contains(how, error.Message, StringComparison.Ordinal);
    }

    private bool Every(int count) => Interlocked.Increment(ref calls) % count == 0;

    private sealed class Changed(IStore inner, Func<IStore, Commit, Task<CommitResult>> commit) : DelegatingStore(inner)
    {
        public override async ValueTask<CommitResult> CommitAsync(
            Commit wanted, CancellationToken cancellationToken = default) => await commit(Inner, wanted);
    }
}
