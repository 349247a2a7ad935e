namespace Undercroft.Backends;

/// <summary>A sorted set that never changes: an edit makes a new one that shares what it did not touch. A B-tree of
/// wide nodes, copied along the path of an edit; nodes made by the same edit are changed in place.</summary>
/// <remarks>Emptied nodes are removed, half-empty ones are not merged: the depth follows the largest size there was.
/// </remarks>
internal sealed class SortedTree<T, TOrder>
    where TOrder : struct, IComparer<T>
{
    internal const int Width = 64;

    private static TOrder Order => default;

    private readonly Node root;

    private SortedTree(Node root, int count)
    {
        this.root = root;
        Count = count;
    }

    public static SortedTree<T, TOrder> Empty { get; } = new(new Node(isLeaf: true, owner: null), 0);

    public int Count { get; }

    public bool TryFind(T probe, out T found)
    {
        var node = root;
        while (!node.IsLeaf)
        {
            node = node.Children![node.ChildFor(probe)];
        }

        var at = node.Search(probe);
        found = at >= 0 ? node.Items[at] : probe;
        return at >= 0;
    }

    /// <summary>Walks from a place on, upwards or downwards.</summary>
    /// <param name="from">The place; ignored where <paramref name="isBounded"/> is false.</param>
    /// <param name="isBounded">Whether there is a place, or the walk begins at the end of the tree.</param>
    /// <param name="isInclusive">Whether an item equal to the place belongs to the walk.</param>
    /// <param name="isReverse">Whether to go downwards.</param>
    public IEnumerable<T> From(T from, bool isBounded, bool isInclusive, bool isReverse)
    {
        var path = new Stack<(Node Node, int At)>();
        var node = root;
        var step = isReverse ? -1 : 1;
        while (!node.IsLeaf)
        {
            var child = isBounded ? node.ChildFor(from) : isReverse ? node.Count - 1 : 0;
            path.Push((node, child));
            node = node.Children![child];
        }

        var at = isBounded ? Place(node, from, isInclusive, isReverse) : isReverse ? node.Count - 1 : 0;
        while (true)
        {
            for (; at >= 0 && at < node.Count; at += step)
            {
                yield return node.Items[at];
            }

            if (!Advance(path, step, ref node))
            {
                yield break;
            }

            at = isReverse ? node.Count - 1 : 0;
        }
    }

    public Edit BeginEdit() => new(this);

    private static int Place(Node leaf, T from, bool isInclusive, bool isReverse)
    {
        var found = leaf.Search(from);
        return (found >= 0, isReverse) switch
        {
            (true, false) => isInclusive ? found : found + 1,
            (true, true) => isInclusive ? found : found - 1,
            (false, false) => ~found,
            (false, true) => ~found - 1,
        };
    }

    private static bool Advance(Stack<(Node Node, int At)> path, int step, ref Node node)
    {
        while (path.TryPop(out var above))
        {
            var next = above.At + step;
            if (next < 0 || next >= above.Node.Count)
            {
                continue;
            }

            path.Push((above.Node, next));
            node = above.Node.Children![next];
            while (!node.IsLeaf)
            {
                var edge = step < 0 ? node.Count - 1 : 0;
                path.Push((node, edge));
                node = node.Children![edge];
            }

            return true;
        }

        return false;
    }

    /// <summary>Changes to one tree, not seen by anybody until <see cref="ToTree"/>.</summary>
    public sealed class Edit(SortedTree<T, TOrder> tree)
    {
        private readonly object owner = new();
        private Node root = tree.root;
        private int count = tree.Count;

        /// <summary>Adds an item, or puts it in the place of an equal one.</summary>
        public void Set(T item)
        {
            root = root.OwnedBy(owner);
            if (Set(root, item) is { } right)
            {
                var top = new Node(isLeaf: false, owner) { Count = 2 };
                (top.Children![0], top.Children[1]) = (root, right);
                (top.Items[0], top.Items[1]) = (root.Items[0], right.Items[0]);
                root = top;
            }
        }

        /// <summary>Removes an item, if it is there.</summary>
        public void Remove(T item)
        {
            root = root.OwnedBy(owner);
            Remove(root, item);
            while (!root.IsLeaf && root.Count <= 1)
            {
                root = root.Count == 1 ? root.Children![0] : new Node(isLeaf: true, owner);
            }
        }

        public SortedTree<T, TOrder> ToTree() => count == 0 ? Empty : new SortedTree<T, TOrder>(root, count);

        private Node? Set(Node node, T item)
        {
            if (node.IsLeaf)
            {
                var found = node.Search(item);
                if (found >= 0)
                {
                    node.Items[found] = item;
                    return null;
                }

                count++;
                return node.Insert(~found, item, null, owner);
            }

            var at = node.ChildFor(item);
            var child = node.Children![at] = node.Children[at].OwnedBy(owner);
            var right = Set(child, item);
            node.Items[at] = child.Items[0];
            return right is null ? null : node.Insert(at + 1, right.Items[0], right, owner);
        }

        private void Remove(Node node, T item)
        {
            if (node.IsLeaf)
            {
                var found = node.Search(item);
                if (found >= 0)
                {
                    node.RemoveAt(found);
                    count--;
                }

                return;
            }

            var at = node.ChildFor(item);
            var child = node.Children![at] = node.Children[at].OwnedBy(owner);
            Remove(child, item);
            if (child.Count == 0)
            {
                node.RemoveAt(at);
            }
            else
            {
                node.Items[at] = child.Items[0];
            }
        }
    }

    private sealed class Node(bool isLeaf, object? owner)
    {
        // In an inner node an item is the least of its child.
        public T[] Items { get; } = new T[Width];

        public Node[]? Children { get; } = isLeaf ? null : new Node[Width];

        public int Count { get; set; }

        public bool IsLeaf => Children is null;

        public int Search(T probe)
        {
            int low = 0, high = Count - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var order = Order.Compare(Items[middle], probe);
                if (order == 0)
                {
                    return middle;
                }

                if (order < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return ~low;
        }

        public int ChildFor(T probe)
        {
            var at = Search(probe);
            return at >= 0 ? at : Math.Max(0, ~at - 1);
        }

        public Node OwnedBy(object editor)
        {
            if (ReferenceEquals(owner, editor))
            {
                return this;
            }

            var copy = new Node(IsLeaf, editor) { Count = Count };
            Array.Copy(Items, copy.Items, Count);
            if (!IsLeaf)
            {
                Array.Copy(Children!, copy.Children!, Count);
            }

            return copy;
        }

        /// <summary>Inserts into this node, which its editor owns, and splits it where it is full.</summary>
        /// <returns>The new right half, or null.</returns>
        public Node? Insert(int at, T item, Node? child, object editor)
        {
            if (Count < Width)
            {
                Shift(at, 1);
                Items[at] = item;
                if (!IsLeaf)
                {
                    Children![at] = child!;
                }

                return null;
            }

            // Appending in order is the common case: leave the left node full.
            var split = at == Width ? Width : Width / 2;
            var right = new Node(IsLeaf, editor) { Count = Width - split };
            Array.Copy(Items, split, right.Items, 0, right.Count);
            if (!IsLeaf)
            {
                Array.Copy(Children!, split, right.Children!, 0, right.Count);
            }

            Truncate(split);
            _ = at > split || split == Width
                ? right.Insert(at - split, item, child, editor)
                : Insert(at, item, child, editor);
            return right;
        }

        public void RemoveAt(int at) => Shift(at + 1, -1);

        private void Shift(int from, int by)
        {
            Array.Copy(Items, from, Items, from + by, Count - from);
            if (!IsLeaf)
            {
                Array.Copy(Children!, from, Children!, from + by, Count - from);
            }

            var before = Count;
            Count += by;
            if (by < 0)
            {
                Items[before - 1] = default!;
                if (!IsLeaf)
                {
                    Children![before - 1] = null!;
                }
            }
        }

        private void Truncate(int count)
        {
            Array.Clear(Items, count, Count - count);
            if (!IsLeaf)
            {
                Array.Clear(Children!, count, Count - count);
            }

            Count = count;
        }
    }
}
