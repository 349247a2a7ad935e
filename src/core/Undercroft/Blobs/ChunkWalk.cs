namespace Undercroft.Blobs;

/// <summary>Walks the chunks of a blob in order, from any place in it. Holds one list of each level.</summary>
/// <param name="parts">Reads the lists.</param>
/// <param name="top">The parts the blob is made of: its root, or what an upload has so far.</param>
internal sealed class ChunkWalk(PartReader parts, IReadOnlyList<BlobNode> top)
{
    private readonly Stack<Step> path = new([new Step(top, 0)]);

    /// <summary>Where the next chunk begins in the blob.</summary>
    public long Start { get; private set; }

    /// <summary>Goes to the chunk that holds a place.</summary>
    public async ValueTask SeekAsync(long position, CancellationToken cancellationToken)
    {
        path.Clear();
        Start = 0;
        var level = top;
        while (true)
        {
            var at = 0;
            for (; at < level.Count && Start + level[at].Length <= position; at++)
            {
                Start += level[at].Length;
            }

            if (at == level.Count || level[at].Level == 0)
            {
                path.Push(new Step(level, at));
                return;
            }

            path.Push(new Step(level, at + 1));
            level = await parts.ListAsync(level[at], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next chunk.</summary>
    /// <returns>The chunk; null at the end.</returns>
    public async ValueTask<BlobNode?> NextAsync(CancellationToken cancellationToken)
    {
        while (path.TryPop(out var step))
        {
            if (step.At == step.Parts.Count)
            {
                continue;
            }

            var part = step.Parts[step.At];
            path.Push(step with { At = step.At + 1 });
            if (part.Level == 0)
            {
                Start += part.Length;
                return part;
            }

            path.Push(new Step(await parts.ListAsync(part, cancellationToken).ConfigureAwait(false), 0));
        }

        return null;
    }

    private readonly record struct Step(IReadOnlyList<BlobNode> Parts, int At);
}
