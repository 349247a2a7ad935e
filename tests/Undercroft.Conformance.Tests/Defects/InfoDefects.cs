using Undercroft.Layers;

namespace Undercroft.Conformance.Tests.Defects;

/// <summary>Tells limits it does not keep.</summary>
internal sealed class TellsLimitsOnly(TimeProvider clock) : DelegatingStore(new MemoryStore(
    new MemoryStoreOptions
    {
        Limits = new StoreLimits
        {
            ValueBytesMax = int.MaxValue,
            MetaBytesMax = int.MaxValue,
            EntriesMax = int.MaxValue,
            EntryKeyBytesMax = int.MaxValue,
            IndexNameBytesMax = int.MaxValue,
            OriginBytesMax = int.MaxValue,
            OperationsMax = int.MaxValue,
            CommitBytesMax = long.MaxValue,
            KeysPerReadMax = int.MaxValue,
        },
    },
    clock))
{
    public override StoreInfo Info => Inner.Info with { Limits = new StoreLimits() };
}

/// <summary>Promises the disk and keeps everything in memory.</summary>
internal sealed class LiesAboutDurability(IStore inner) : DelegatingStore(inner)
{
    public override StoreInfo Info => Inner.Info with
    {
        DurabilityLevels = [Durability.Memory, Durability.Os, Durability.Disk],
        DefaultDurability = Durability.Disk,
    };

    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            commit is null ? null! : new Commit(commit.Operations)
            {
                Identity = commit.Identity,
                Origin = commit.Origin,
                Now = commit.Now,
            },
            cancellationToken);
}

/// <summary>Declares what it cannot do.</summary>
internal sealed class DeclaresTooMuch(IStore inner, StoreCapabilities declared) : DelegatingStore(inner)
{
    public override StoreInfo Info => Inner.Info with { Capabilities = declared };
}
