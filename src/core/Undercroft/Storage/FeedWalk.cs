using System.Runtime.CompilerServices;

namespace Undercroft;

/// <summary>One walk along a store's feed: page by page, then waiting for more.</summary>
internal sealed class FeedWalk(IStore store, TimeProvider clock, FollowOptions options)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public async IAsyncEnumerable<ChangePage> RunAsync(
        FeedCursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.Validate();
        var request = new ChangesRequest
        {
            After = after,
            Limit = options.PageSize,
            Collections = options.Collections,
            ExceptOrigin = options.ExceptOrigin,
            Detail = options.Detail,
        };
        var (told, isHeld) = (after, false);

        // The end is a place nobody can keep: the first one is told at once.
        long? toldAt = after == FeedCursor.End ? null : clock.GetTimestamp();
        while (true)
        {
            var page = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
            request = request with { After = page.Next };
            var ends = !page.HasMore && !options.Waits;
            var isProgress = options.ProgressInterval != Timeout.InfiniteTimeSpan && page.Next != told;
            var isHold = options.TellsHeldBack && (isHeld || page.HeldBack is not null);
            if (page.Changes.Count > 0 || isHold || (isProgress && (ends || Rest(toldAt) <= TimeSpan.Zero)))
            {
                yield return page;
                (told, toldAt, isProgress) = (page.Next, clock.GetTimestamp(), false);
                isHeld = page.HeldBack is not null;
            }

            if (ends)
            {
                yield break;
            }

            if (!page.HasMore)
            {
                var rest = isProgress ? Rest(toldAt) : Timeout.InfiniteTimeSpan;
                await WaitAsync(page.Next, rest, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>How long until progress may be told of again.</summary>
    private TimeSpan Rest(long? since) =>
        since is { } at ? options.ProgressInterval - clock.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Waits for a commit behind a place, or until progress is to be told of.</summary>
    private async ValueTask WaitAsync(FeedCursor place, TimeSpan most, CancellationToken cancellationToken)
    {
        if (most == Timeout.InfiniteTimeSpan)
        {
            await store.WaitAsync(place, cancellationToken).ConfigureAwait(false);
            return;
        }

        // A tick more: timers round, and who is woken too early would ask again and again.
        using var due = new CancellationTokenSource(most + Tick, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await store.WaitAsync(place, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing came: what has passed unseen is told of now.
        }
    }
}
