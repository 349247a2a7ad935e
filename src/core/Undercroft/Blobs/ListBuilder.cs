namespace Undercroft.Blobs;

/// <summary>Puts the chunks of a blob, in order, into lists, and those into lists of lists, until one root is left.
/// </summary>
internal sealed class ListBuilder
{
    // By level: the parts that are in no list yet.
    private readonly List<List<BlobNode>> open = [];
    private readonly List<KeyValuePair<BlobNode, byte[]>> made = [];

    public ListBuilder()
    {
    }

    public ListBuilder(IEnumerable<IEnumerable<BlobNode>> open) => this.open.AddRange(open.Select(p => p.ToList()));

    public IReadOnlyList<IReadOnlyList<BlobNode>> Open => open;

    public void Add(BlobNode part)
    {
        while (open.Count <= part.Level)
        {
            open.Add([]);
        }

        open[part.Level].Add(part);
        if (open[part.Level].Count == ChunkList.PartsMax)
        {
            Close(part.Level);
        }
    }

    /// <summary>Closes all lists.</summary>
    /// <returns>The root; null for a blob without bytes.</returns>
    public BlobNode? Finish()
    {
        for (var level = 0; level < open.Count; level++)
        {
            if (level == open.Count - 1 && open[level] is [var root])
            {
                return root;
            }

            if (open[level].Count > 0)
            {
                Close(level);
            }
        }

        return null;
    }

    /// <summary>Hands over the lists made since the last time.</summary>
    public List<KeyValuePair<BlobNode, byte[]>> TakeMade()
    {
        var taken = made.ToList();
        made.Clear();
        return taken;
    }

    private void Close(int level)
    {
        var parts = open[level];
        var bytes = ChunkList.Format(level + 1, parts);
        var list = new BlobNode(level + 1, ContentHash.Of(bytes), parts.Sum(static part => part.Length));
        made.Add(new(list, bytes));
        open[level] = [];
        Add(list);
    }
}
