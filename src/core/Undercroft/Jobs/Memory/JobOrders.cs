namespace Undercroft.Jobs;

/// <summary>All rows by their places among all jobs, in blocks that know how many of their rows are in which state: so
/// a page of one state is found without looking at the others.</summary>
internal sealed class JobOrders
{
    private const int BlockBits = 10;
    private const int BlockSize = 1 << BlockBits;

    private readonly List<Block?> blocks = [];
    private Block? spare;

    // Which block is the first of the list.
    private long first;

    /// <summary>How many rows and blocks were looked at, for tests.</summary>
    public long Steps { get; private set; }

    /// <summary>How many blocks there are, for tests.</summary>
    public int BlockCount => blocks.Count;

    public void Add(JobRow row)
    {
        var at = IndexOf(row.Order);
        while (blocks.Count <= at)
        {
            blocks.Add(null);
        }

        var block = blocks[at] ??= Take();
        block.Rows[(int)row.Order & (BlockSize - 1)] = row;
        block.Live++;
        block.Counts[(int)row.State]++;
    }

    public void Leave(JobRow row) => blocks[IndexOf(row.Order)]!.Counts[(int)row.State]--;

    public void Arrive(JobRow row) => blocks[IndexOf(row.Order)]!.Counts[(int)row.State]++;

    /// <summary>Forgets a row that has left its state.</summary>
    public void Remove(JobRow row)
    {
        var at = IndexOf(row.Order);
        var block = blocks[at]!;
        block.Rows[(int)row.Order & (BlockSize - 1)] = null;
        if (--block.Live > 0 || at == blocks.Count - 1)
        {
            return;
        }

        (blocks[at], spare) = (null, block);
        var gone = 0;
        while (gone < blocks.Count - 1 && blocks[gone] is null or { Live: 0 })
        {
            gone++;
        }

        blocks.RemoveRange(0, gone);
        first += gone;
    }

    /// <summary>Walks the rows of a state, in order or against it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="after">Begins behind this place; null means at the beginning.</param>
    /// <param name="isReverse">Whether to go backwards.</param>
    public IEnumerable<JobRow> Walk(JobState state, long? after, bool isReverse)
    {
        var begin = first << BlockBits;
        var end = (first + blocks.Count) << BlockBits;
        var from = isReverse ? Math.Min((after ?? end) - 1, end - 1) : Math.Max((after ?? begin - 1) + 1, begin);
        while (from >= begin && from < end)
        {
            Steps++;
            var start = from & ~(BlockSize - 1L);
            var block = blocks[IndexOf(from)];
            if (block is null || block.Counts[(int)state] == 0)
            {
                from = isReverse ? start - 1 : start + BlockSize;
                continue;
            }

            if (block.Rows[(int)from & (BlockSize - 1)] is { } row && row.State == state)
            {
                yield return row;
            }

            from += isReverse ? -1 : 1;
        }
    }

    private int IndexOf(long order)
    {
        if (blocks.Count == 0)
        {
            first = order >> BlockBits;
        }

        return (int)((order >> BlockBits) - first);
    }

    private Block Take()
    {
        var block = spare ?? new Block();
        spare = null;
        return block;
    }

    private sealed class Block
    {
        public JobRow?[] Rows { get; } = new JobRow?[BlockSize];

        public int[] Counts { get; } = new int[JobViews.StateCount];

        public int Live { get; set; }
    }
}
