using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>A commit in two parts: its documents, and its jobs. For backends that judge each part by itself.</summary>
public sealed class CommitParts
{
    private readonly List<StoreOperation> documents;
    private readonly List<int> positions;

    /// <summary>Parts a commit.</summary>
    public CommitParts(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        documents = new List<StoreOperation>(commit.Operations.Count);
        positions = new List<int>(commit.Operations.Count);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is not JobOperation)
            {
                documents.Add(commit.Operations[i]);
                positions.Add(i);
            }
        }
    }

    /// <summary>The operations that are about no job, in their order.</summary>
    public IReadOnlyList<StoreOperation> Documents => documents;

    /// <summary>Says conflicts of <see cref="Documents"/> as conflicts of the commit.</summary>
    /// <param name="conflicts">The conflicts, by their places among the documents.</param>
    public IReadOnlyList<CommitConflict> ToWhole(IReadOnlyList<CommitConflict> conflicts)
    {
        ArgumentNullException.ThrowIfNull(conflicts);
        return [.. conflicts.Select(conflict => conflict with { Operation = positions[conflict.Operation] })];
    }
}
