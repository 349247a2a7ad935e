namespace Undercroft.Stories;

/// <summary>Makes several things of which each takes a while of one processor, on as many as there are.</summary>
internal static class InParallel
{
    // Fewer are made by the caller before others have begun.
    private const int CountMin = 4;

    /// <summary>Makes things that do not depend on each other and change nothing.</summary>
    /// <param name="count">How many.</param>
    /// <param name="make">Makes one of its number, on any thread.</param>
    /// <returns>The things in their order.</returns>
    /// <remarks>Where one cannot be made the exception is that of the first in order, as in a loop.</remarks>
    public static T[] Make<T>(int count, Func<int, T> make)
    {
        var made = new T[count];
        if (count >= CountMin && Environment.ProcessorCount > 1)
        {
            try
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
                _ = Parallel.For(0, count, options, i => made[i] = make(i));
                return made;
            }
            catch (AggregateException)
            {
                // The loop below meets the same, at the first of them.
            }
        }

        for (var i = 0; i < count; i++)
        {
            made[i] = make(i);
        }

        return made;
    }
}
