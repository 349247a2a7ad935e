using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Who waits for the feed is woken, and never left waiting for what is already there.</summary>
public abstract class WaitLaws : CursorLaws
{
    [Fact]
    public virtual async Task A_commit_wakes_all_who_wait()
    {
        var (_, cursor) = await FollowAsync();
        var waiting = Enumerable.Range(0, 10)
            .Select(i => WaitForAsync(i % 2 == 0 ? cursor : FeedCursor.Beginning, "a"))
            .ToArray();
        await Task.Yield();

        _ = await WriteAsync(Put("a"));

        await MustEndAsync(Task.WhenAll(waiting), "all who wait are woken");
    }

    [Fact]
    public virtual async Task A_wait_for_what_is_already_there_ends_at_once()
    {
        var (_, cursor) = await FollowAsync();
        _ = await WriteAsync(Put("a"));

        await MustEndAsync(Store.WaitAsync(cursor, Cancel).AsTask(), "the wait ends");
        await MustEndAsync(Store.WaitAsync(FeedCursor.Beginning, Cancel).AsTask(), "the wait ends");
    }

    [Fact]
    public virtual async Task A_wait_behind_the_end_is_ended_by_the_next_commit()
    {
        _ = await WriteAsync(Put("a"));
        var waiting = Store.WaitAsync(FeedCursor.End, Cancel).AsTask();

        _ = await WriteAsync(Delete("a"));

        await MustEndAsync(waiting, "a deletion ends the wait");
    }

    [Fact]
    public virtual async Task A_sweep_wakes_who_waits()
    {
        _ = await WriteAsync(PutUntil("a", Clock.GetUtcNow().AddSeconds(1)));
        var (_, cursor) = await FollowAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        var waiting = WaitForAsync(cursor, "a");

        _ = await MaintainAsync(MaintenanceKind.Expire);

        await MustEndAsync(waiting, "a sweep ends the wait");
    }

    [Fact]
    public virtual async Task A_cancelled_wait_ends()
    {
        var (_, cursor) = await FollowAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = WaitForAsync(cursor, "a", stop.Token);

        await stop.CancelAsync();

        var error = await Record.ExceptionAsync(() => MustEndAsync(waiting, "a cancelled wait ends"));
        _ = Assert.IsType<OperationCanceledException>(error, exactMatch: false);
        _ = await WriteAsync(Put("a"));
    }

    [Fact]
    public virtual async Task A_wait_ends_when_the_store_is_closed()
    {
        var (_, cursor) = await FollowAsync();
        var waiting = WaitForAsync(cursor, "a");

        await Store.DisposeAsync();

        var error = await Record.ExceptionAsync(() => MustEndAsync(waiting, "a wait ends with the store"));
        _ = Assert.IsType<ObjectDisposedException>(error);
    }

    [Fact]
    public virtual async Task A_follower_that_only_waits_and_reads_sees_everything()
    {
        const int Rounds = 60;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var following = Task.Run(
            async () =>
            {
                var cursor = FeedCursor.Beginning;
                while (seen.Count < Rounds)
                {
                    await Store.WaitAsync(cursor, stop.Token);
                    var (changes, next) = await FollowAsync(cursor);
                    seen.UnionWith(changes.Select(static change => change.Key.Id));
                    cursor = next;
                }
            },
            Cancel);

        for (var round = 0; round < Rounds; round++)
        {
            _ = await WriteAsync(Put($"id{round}"));
        }

        await MustEndAsync(following, "a follower comes to the end of the feed");
        await stop.CancelAsync();
    }

    private async Task WaitForAsync(FeedCursor cursor, string id, CancellationToken? cancel = null)
    {
        // A wait may end for nothing: wait again.
        while ((await FollowAsync(cursor)).Changes.All(change => change.Key.Id != id))
        {
            await Store.WaitAsync(cursor, cancel ?? Cancel);
        }
    }
}
