using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>Keeps a cache in step with the store: at once with what this storage commits, and by the feed with what
/// others do. While the feed cannot be followed nothing is cached.</summary>
internal sealed class StoryFollower : IAsyncDisposable
{
    private const int PageSize = 1000;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);

    // How long the feed may stand still before a page, with changes held back behind it.
    private static readonly TimeSpan HeldBackMax = TimeSpan.FromSeconds(2);

    private readonly Storage storage;
    private readonly StoryCache cache;
    private readonly TimeProvider clock;
    private readonly Action<Exception> failed;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private IDisposable? commits;
    private Task? work;
    private bool isDisposed;

    public StoryFollower(Storage storage, StoryCache cache, TimeProvider clock, Action<Exception> failed)
    {
        this.storage = storage;
        this.cache = cache;
        this.clock = clock;
        this.failed = failed;
    }

    /// <summary>Begins to follow, once, when somebody wants to use the cache.</summary>
    public void Start()
    {
        if (Volatile.Read(ref work) is not null)
        {
            return;
        }

        lock (gate)
        {
            if (work is null && !isDisposed)
            {
                commits = storage.Events.OnCommitted(Heard);
                Volatile.Write(ref work, FollowAsync(stop.Token));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
            commits?.Dispose();
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await (work ?? Task.CompletedTask).ConfigureAwait(false);
        cache.Clear(opens: false);
        stop.Dispose();
    }

    private void Heard(CommittedEvent committed)
    {
        foreach (var operation in committed.Commit.Operations)
        {
            if (operation.IsWrite && operation.Key.Collection == LibraryCollections.Summaries.Name)
            {
                cache.Invalidate(operation.Key.Id, committed.Result.Revision);
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever stops the following, it is reported and retried.")]
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var pause = PauseMin;
        while (true)
        {
            try
            {
                await FollowOnceAsync(() => pause = PauseMin, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                cache.Clear(opens: false);
                return;
            }
            catch (Exception error)
            {
                cache.Clear(opens: false);
                failed(error);
            }

            try
            {
                await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task FollowOnceAsync(Action follows, CancellationToken cancellationToken)
    {
        string[] collections = [LibraryCollections.Summaries.Name];
        var now = new ChangesRequest { After = FeedCursor.End, Limit = 1, Collections = collections };
        var cursor = (await storage.Store.ChangesAsync(now, cancellationToken).ConfigureAwait(false)).Next;

        // What was read before this place was taken may be older than it.
        cache.Clear(opens: true);
        follows();
        var options = new FollowOptions
        {
            Collections = collections,
            Detail = RecordDetail.Keys,
            PageSize = PageSize,
            TellsHeldBack = true,
        };
        var still = (Place: cursor, Since: (long?)null, IsTold: false);
        await foreach (var page in storage.FollowAsync(cursor, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in page.Changes)
            {
                cache.Invalidate(change.Key.Id, change.Revision);
            }

            if (page.HeldBack is null || page.Next != still.Place || still.Since is null)
            {
                if (still.IsTold)
                {
                    cache.Clear(opens: true);
                }

                still = (page.Next, page.HeldBack is null ? null : clock.GetTimestamp(), false);
            }
            else if (!still.IsTold && clock.GetElapsedTime(still.Since.Value) >= HeldBackMax)
            {
                cache.Clear(opens: false);
                still.IsTold = true;
            }
        }
    }
}
