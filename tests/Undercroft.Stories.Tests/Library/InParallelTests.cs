namespace Undercroft.Stories.Tests;

/// <summary>Things made on several threads are as those of a loop.</summary>
public sealed class InParallelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Things_are_made_once_each_and_stand_in_their_order(int count)
    {
        var made = new int[count];

        var things = InParallel.Make(count, i =>
        {
            _ = Interlocked.Increment(ref made[i]);
            return i;
        });

        Assert.Equal(Enumerable.Range(0, count), things);
        Assert.All(made, static times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    public void What_fails_fails_as_the_first_in_order(int count)
    {
        var error = Assert.Throws<ArgumentException>(() => InParallel.Make(
            count, i => i > 0 ? throw new ArgumentException("It is wrong.", $"p{i}") : i));

        Assert.Equal("p1", error.ParamName);
    }
}
