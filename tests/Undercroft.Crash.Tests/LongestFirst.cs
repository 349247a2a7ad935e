using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Undercroft.Crash.Tests.LongestFirst))]

// Most of the time a class waits: for a child's start, a kill, a lease that ends.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Undercroft.Crash.Tests;

/// <summary>Begins with the classes that take longest, so that none of them is left to run alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(PostgresCrash), nameof(RedisServerCrash), nameof(RedisClientCrash),
        nameof(SqliteCrash), nameof(FileCrash),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(static one => PlaceOf(one))];

    private static int PlaceOf(ITestCollection collection) =>
        Array.FindIndex(
            Longest,
            name => collection.TestCollectionDisplayName.Contains($"Tests.{name} ", StringComparison.Ordinal))
            is var at and >= 0 ? at : Longest.Length;
}
