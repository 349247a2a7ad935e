namespace Undercroft.Copies;

/// <summary>What the comparison of two stores has found.</summary>
/// <remarks>
/// Compared are the live records, byte for byte, with their times, expiry, meta and index entries. Not compared is what
/// each store has of its own: revisions, epoch, tombstones, leases and the records copies and restores keep about
/// themselves. While somebody writes, a comparison may report what is on its way.
/// </remarks>
/// <param name="Compared">How many keys were looked at, on either side.</param>
/// <param name="Different">How many of them differ.</param>
/// <param name="Differences">The first of these, in the order of their keys.</param>
public sealed record StoreComparison(long Compared, long Different, IReadOnlyList<StoreDifference> Differences)
{
    /// <summary>The most differences that are listed.</summary>
    public const int DifferencesMax = 100;

    /// <summary>Whether the two are equal.</summary>
    public bool AreEqual => Different == 0;

    /// <summary>Compares two stores, in memory that does not grow with them.</summary>
    /// <param name="left">A store; it is only read.</param>
    /// <param name="right">The other; it is only read.</param>
    /// <param name="clock">Tells the instant that decides expiry on both sides; null means the system's.</param>
    /// <param name="progress">Told how many keys were looked at; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the comparison; it leaves nothing behind.</param>
    /// <exception cref="StoreException">A store cannot be read.</exception>
    public static Task<StoreComparison> CompareAsync(
        IStore left,
        IStore right,
        TimeProvider? clock = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        return CompareAsync(
            StoreWalk.RecordsAsync(left, now, cancellationToken),
            StoreWalk.RecordsAsync(right, now, cancellationToken),
            progress);
    }

    /// <summary>Compares two walks in the order of their keys.</summary>
    internal static async Task<StoreComparison> CompareAsync(
        IAsyncEnumerable<StoreRecord> left, IAsyncEnumerable<StoreRecord> right, IProgress<long>? progress)
    {
        var lefts = left.GetAsyncEnumerator();
        await using var ownedLefts = lefts.ConfigureAwait(false);
        var rights = right.GetAsyncEnumerator();
        await using var ownedRights = rights.ConfigureAwait(false);
        var (compared, different, differences) = (0L, 0L, new List<StoreDifference>());
        var hasLeft = await lefts.MoveNextAsync().ConfigureAwait(false);
        var hasRight = await rights.MoveNextAsync().ConfigureAwait(false);
        while (hasLeft || hasRight)
        {
            var order = !hasRight ? -1 : !hasLeft ? 1 : lefts.Current.Key.CompareTo(rights.Current.Key);
            var what = order < 0 ? "only left"
                : order > 0 ? "only right"
                : Passengers.Difference(lefts.Current, rights.Current);
            if (what is not null && ++different <= DifferencesMax)
            {
                differences.Add(new StoreDifference((order > 0 ? rights : lefts).Current.Key, what));
            }

            if (++compared % 1000 == 0)
            {
                progress?.Report(compared);
            }

            hasLeft = order > 0 ? hasLeft : await lefts.MoveNextAsync().ConfigureAwait(false);
            hasRight = order < 0 ? hasRight : await rights.MoveNextAsync().ConfigureAwait(false);
        }

        return new StoreComparison(compared, different, differences);
    }
}
