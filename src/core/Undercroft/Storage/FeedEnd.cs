using System.Globalization;

namespace Undercroft;

/// <summary>Tells the end of a feed from a place where it holds commits back, and waits there.</summary>
/// <param name="store">The store whose feed is read.</param>
/// <param name="clock">The clock of the wait.</param>
/// <param name="options">How long to wait, and whom to tell.</param>
/// <param name="doing">What cannot be done before the end, as a verb: "copy".</param>
internal sealed class FeedEnd(IStore store, TimeProvider clock, HeldBackWait options, string doing)
{
    private static readonly TimeSpan ToldAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private TimeSpan pause = PauseMin;
    private long? startedAt;
    private bool isTold;

    /// <summary>Judges a page. Where commits are held back behind it, it pauses first, longer each time.</summary>
    /// <param name="page">The page that was read last.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    /// <returns>Whether the page ends the feed, and nothing is held back; otherwise read behind it.</returns>
    /// <exception cref="StoreException">Something has been held back for as long as the options allow.</exception>
    public async ValueTask<bool> IsReachedAsync(ChangePage page, CancellationToken cancellationToken)
    {
        if (page.HasMore || page.HeldBack is not { } hold)
        {
            (startedAt, pause, isTold) = (null, PauseMin, false);
            return !page.HasMore;
        }

        startedAt ??= clock.GetTimestamp();
        var waited = clock.GetElapsedTime(startedAt.Value);
        var isEndless = options.WaitMax == Timeout.InfiniteTimeSpan;
        if (!isEndless && waited >= options.WaitMax)
        {
            throw HeldBack(hold);
        }

        if (waited >= ToldAfter && !isTold)
        {
            isTold = true;
            options.Progress?.Report(hold);
        }

        var left = options.WaitMax - waited;
        await Task.Delay(isEndless || pause < left ? pause : left, clock, cancellationToken).ConfigureAwait(false);
        pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        return false;
    }

    private StoreException HeldBack(FeedHold hold) => new(
        StoreErrorKind.Unavailable,
        $"Cannot {doing} '{store.Info.Location ?? store.Info.Backend}': what was committed since " +
        hold.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) +
        $" is held back from its feed, and has been for the {options.WaitMax} that it may take " +
        $"({nameof(HeldBackWait)}.{nameof(HeldBackWait.WaitMax)}, --held-back-wait). {hold.Reason} Then try again.")
    {
        Backend = store.Info.Backend,
        IsTransient = true,
    };
}
