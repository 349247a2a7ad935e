namespace Undercroft.Conformance.Model;

/// <summary>What the model says a commit comes to.</summary>
internal sealed class ModelVerdict
{
    /// <summary>The conflicts a store must name, but for those of unique keys.</summary>
    public List<CommitConflict> Conflicts { get; } = [];

    /// <summary>Every pair of a claim and a rival; of two rivals in one commit, a store may name either.</summary>
    public List<CommitConflict> Claims { get; } = [];

    public List<StoreRecord> Writes { get; } = [];

    public List<long> Counters { get; } = [];

    public bool IsCommitted => Conflicts.Count == 0 && Claims.Count == 0;
}
