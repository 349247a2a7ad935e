namespace Undercroft;

/// <summary>How long work that needs all that was committed waits while the feed holds some of it back.</summary>
/// <remarks>PostgreSQL holds commits back while an older transaction that writes has not ended; most stores never do.
/// </remarks>
public sealed record HeldBackWait
{
    /// <summary>Five minutes, in silence.</summary>
    public static HeldBackWait Default { get; } = new();

    /// <summary>How long to wait until nothing is held back; then the work fails, with
    /// <see cref="StoreErrorKind.Unavailable"/>. <see cref="Timeout.InfiniteTimeSpan"/> means for ever. The default is
    /// 5 minutes.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Told what is waited for, once in each wait, when it has lasted for 2 seconds; null means nobody is.
    /// </summary>
    public IProgress<FeedHold>? Progress { get; init; }

    internal void Validate()
    {
        if (WaitMax < TimeSpan.Zero && WaitMax != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(WaitMax), WaitMax,
                $"{nameof(WaitMax)} must not be negative; found {WaitMax}. Timeout.InfiniteTimeSpan means for ever.");
        }
    }
}
