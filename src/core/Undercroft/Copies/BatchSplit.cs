namespace Undercroft.Copies;

/// <summary>Cuts a batch into parts that a store takes in one commit each.</summary>
internal static class BatchSplit
{
    // Beside the batch a commit carries the ledger and maybe the lease, a few hundred bytes.
    private const int OwnOperations = 2;
    private const int OwnBytes = 4096;

    /// <summary>How many records a batch may have: half of what a commit takes, so that there is room for records that
    /// must change, or be checked, in the same commit.</summary>
    public static int SizeMax(StoreLimits limits, int wanted) =>
        Math.Min(CountMax(limits), wanted);

    /// <summary>Cuts a batch. An operation that is too large by itself makes a part of its own, which the store
    /// refuses with a sentence that names it.</summary>
    public static IEnumerable<List<StoreOperation>> Cut(IReadOnlyList<StoreOperation> operations, StoreLimits limits)
    {
        var count = CountMax(limits);
        var part = new List<StoreOperation>(Math.Min(count, operations.Count));
        var bytes = 0L;
        foreach (var operation in operations)
        {
            var size = Passengers.SizeOf(operation);
            if (part.Count > 0 && (part.Count == count || bytes + size > limits.CommitBytesMax - OwnBytes))
            {
                yield return part;
                part = [];
                bytes = 0;
            }

            part.Add(operation);
            bytes += size;
        }

        yield return part;
    }

    private static int CountMax(StoreLimits limits) => Math.Max(1, (limits.OperationsMax - OwnOperations) / 2);
}
