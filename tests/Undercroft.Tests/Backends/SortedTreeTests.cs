using Undercroft.Backends;

namespace Undercroft.Tests.Backends;

public sealed class SortedTreeTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 5_000)]
    [InlineData(3, 40_000)]
    public void A_tree_holds_what_a_sorted_set_holds_after_any_edits(int seed, int range)
    {
        var random = new Random(seed);
        var tree = SortedTree<int, Order>.Empty;
        var model = new SortedSet<int>();

        for (var round = 0; round < 60; round++)
        {
            var before = tree;
            var expectedBefore = model.ToArray();
            var edit = tree.BeginEdit();
            for (var i = 0; i < range / 10; i++)
            {
                var item = random.Next(range);
                if (random.Next(100) < (round < 40 ? 60 : 30))
                {
                    edit.Set(item);
                    model.Add(item);
                }
                else
                {
                    edit.Remove(item);
                    model.Remove(item);
                }
            }

            tree = edit.ToTree();
            Assert.Equal(model.Count, tree.Count);
            Assert.Equal(model, All(tree, isReverse: false));
            Assert.Equal(model.Reverse(), All(tree, isReverse: true));
            Assert.Equal(expectedBefore, All(before, isReverse: false));
            AssertWalks(tree, model, random.Next(range));
        }
    }

    [Fact]
    public void Items_appended_in_order_fill_their_nodes()
    {
        var edit = SortedTree<int, Order>.Empty.BeginEdit();

        for (var i = 0; i < 100_000; i++)
        {
            edit.Set(i);
        }

        var tree = edit.ToTree();
        Assert.Equal(100_000, tree.Count);
        Assert.Equal(Enumerable.Range(0, 100_000), All(tree, isReverse: false));
    }

    private static void AssertWalks(SortedTree<int, Order> tree, SortedSet<int> model, int place)
    {
        Assert.Equal(model.Contains(place), tree.TryFind(place, out _));
        foreach (var inclusive in new[] { true, false })
        {
            Assert.Equal(
                model.Where(item => item > place || (inclusive && item == place)).Take(200),
                tree.From(place, isBounded: true, inclusive, isReverse: false).Take(200));
            Assert.Equal(
                model.Reverse().Where(item => item < place || (inclusive && item == place)).Take(200),
                tree.From(place, isBounded: true, inclusive, isReverse: true).Take(200));
        }
    }

    private static IEnumerable<int> All(SortedTree<int, Order> tree, bool isReverse) =>
        tree.From(0, isBounded: false, isInclusive: true, isReverse);

    private struct Order : IComparer<int>
    {
        public readonly int Compare(int x, int y) => x.CompareTo(y);
    }
}
