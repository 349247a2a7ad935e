namespace Undercroft.Jobs;

/// <summary>A sorted tree of rows that are its nodes themselves. A treap; where a row stands decides its rank, which
/// comes from its order.</summary>
internal sealed class JobTree
{
    private int steps;

    public JobRow? Root { get; private set; }

    public bool IsEmpty => Root is null;

    /// <summary>Adds a row.</summary>
    /// <returns>How many rows it has looked at.</returns>
    public int Add(JobRow row)
    {
        steps = 0;
        Root = Add(Root, row);
        return steps;
    }

    /// <summary>Removes a row.</summary>
    /// <returns>How many rows it has looked at.</returns>
    public int Remove(JobRow row)
    {
        steps = 0;
        Root = Remove(Root, row);
        return steps;
    }

    private JobRow Add(JobRow? node, JobRow row)
    {
        steps++;
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

    private JobRow? Remove(JobRow? node, JobRow row)
    {
        steps++;
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

    private (JobRow? Left, JobRow? Right) Split(JobRow? node, JobRow at)
    {
        steps++;
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

    private JobRow? Merge(JobRow? left, JobRow? right)
    {
        steps++;
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
