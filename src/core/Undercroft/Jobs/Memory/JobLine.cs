namespace Undercroft.Jobs;

/// <summary>A sorted list of rows, which are its nodes themselves: a row is in one list at a time, and costs nothing to
/// put in. Those that come in order are a chain, at a step for each; those that do not are a tree.</summary>
/// <param name="place">What it is the list of, where it goes when it is empty.</param>
internal sealed class JobLine(JobPlace? place = null)
{
    private readonly JobTree tree = new();
    private JobRow? first;
    private JobRow? last;

    /// <summary>What it is the list of; null where it stays for good.</summary>
    public JobPlace? Place { get; } = place;

    public bool IsEmpty => first is null && tree.IsEmpty;

    /// <summary>How many rows were looked at, for tests: what an operation costs, whatever the machine.</summary>
    public long Steps { get; private set; }

    public void Add(JobRow row)
    {
        Steps++;
        row.Line = this;
        row.IsChained = last is null || row.CompareTo(last) > 0;
        if (!row.IsChained)
        {
            Steps += tree.Add(row);
            return;
        }

        row.Left = last;
        row.Right = null;
        if (last is null)
        {
            first = row;
        }
        else
        {
            last.Right = row;
        }

        last = row;
    }

    public void Remove(JobRow row)
    {
        Steps++;
        row.Line = null;
        if (!row.IsChained)
        {
            Steps += tree.Remove(row);
            return;
        }

        if (row.Left is { } before)
        {
            before.Right = row.Right;
        }
        else
        {
            first = row.Right;
        }

        if (row.Right is { } after)
        {
            after.Left = row.Left;
        }
        else
        {
            last = row.Left;
        }

        row.Left = row.Right = null;
    }

    /// <summary>Adds the first rows, in order.</summary>
    public void Walk(int max, ICollection<JobRow> rows)
    {
        var left = max;
        var chained = first;
        if (!tree.IsEmpty)
        {
            Walk(tree.Root, ref left, ref chained, rows);
        }

        for (; chained is not null && left > 0; left--, chained = chained.Right)
        {
            rows.Add(chained);
        }

        Steps += max - left;
    }

    private void Walk(JobRow? node, ref int left, ref JobRow? chained, ICollection<JobRow> rows)
    {
        for (; node is not null && left > 0; node = node.Right)
        {
            Steps++;
            Walk(node.Left, ref left, ref chained, rows);
            for (; chained is not null && left > 0 && chained.CompareTo(node) < 0; left--, chained = chained.Right)
            {
                rows.Add(chained);
            }

            if (left > 0)
            {
                rows.Add(node);
                left--;
            }
        }
    }
}
