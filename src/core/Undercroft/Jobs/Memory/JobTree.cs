namespace Undercroft.Jobs;

/// <summary>A sorted list of rows that are its nodes themselves: a row is in one list at a time, and costs nothing to
/// put in. A treap; where a row stands decides its rank, which comes from its order.</summary>
internal sealed class JobTree
{
    private JobRow? root;

    public bool IsEmpty => root is null;

    public void Add(JobRow row) => root = Add(root, row);

    public void Remove(JobRow row) => root = Remove(root, row);

    /// <summary>Adds the first rows, in order.</summary>
    public void Walk(int max, ICollection<JobRow> rows)
    {
        var left = max;
        Walk(root, ref left, rows);
    }

    private static void Walk(JobRow? node, ref int left, ICollection<JobRow> rows)
    {
        while (node is not null && left > 0)
        {
            Walk(node.Left, ref left, rows);
            if (left > 0)
            {
                rows.Add(node);
                left--;
            }

            node = node.Right;
        }
    }

    private static JobRow Add(JobRow? node, JobRow row)
    {
        if (node is null)
        {
            return row;
        }

        if (RankOf(row) > RankOf(node))
        {
            (row.Left, row.Right) = Split(node, row);
            return row;
        }

        if (row.CompareTo(node) < 0)
        {
            node.Left = Add(node.Left, row);
        }
        else
        {
            node.Right = Add(node.Right, row);
        }

        return node;
    }

    private static JobRow? Remove(JobRow? node, JobRow row)
    {
        if (ReferenceEquals(node, row))
        {
            var rest = Merge(row.Left, row.Right);
            row.Left = row.Right = null;
            return rest;
        }

        if (node is null)
        {
            throw new InvalidOperationException($"Job {row.Id} is not in the list of its state.");
        }

        if (row.CompareTo(node) < 0)
        {
            node.Left = Remove(node.Left, row);
        }
        else
        {
            node.Right = Remove(node.Right, row);
        }

        return node;
    }

    private static (JobRow? Left, JobRow? Right) Split(JobRow? node, JobRow at)
    {
        if (node is null)
        {
            return default;
        }

        if (node.CompareTo(at) < 0)
        {
            (node.Right, var right) = Split(node.Right, at);
            return (node, right);
        }

        (var left, node.Left) = Split(node.Left, at);
        return (left, node);
    }

    private static JobRow? Merge(JobRow? left, JobRow? right)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        if (RankOf(left) > RankOf(right))
        {
            left.Right = Merge(left.Right, right);
            return left;
        }

        right.Left = Merge(left, right.Left);
        return right;
    }

    // Spreads orders, which come one after the other, over all numbers.
    private static ulong RankOf(JobRow row)
    {
        var mixed = ((ulong)row.Order + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return mixed ^ (mixed >> 27);
    }
}
