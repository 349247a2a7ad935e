using Undercroft.Sqlite.Tests.Faults;

namespace Undercroft.Sqlite.Tests;

/// <summary>A caller that is alone for a while writes on its own thread; nothing else may change by it.</summary>
public sealed class LonelyWriterTests : StoreTests
{
    private const int Many = 20;

    [Fact]
    public void A_caller_alone_has_its_commit_done_when_the_call_returns() => OnPlainThread(() =>
    {
        var store = OpenAlone();

        var commit = store.CommitAsync(new Commit(Put("last")), Cancel);

        Assert.True(commit.IsCompletedSuccessfully);
        Assert.Equal(Many + 1, commit.Result.Revision.Value);
    });

    [Fact]
    public void A_caller_that_must_not_block_does_not() => OnPlainThread(() =>
    {
        var store = OpenAlone();
        using var go = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());

        var commit = store.CommitAsync(Stalls.Until(go, reached), Cancel).AsTask();

        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), Cancel));
        Assert.False(commit.IsCompleted);
        go.Set();
        SynchronizationContext.SetSynchronizationContext(null);
        Assert.True(commit.Wait(TimeSpan.FromMinutes(2), Cancel));
    });

    [Fact]
    public void Another_process_that_writes_is_waited_for_by_the_thread_not_by_the_caller() => OnPlainThread(() =>
    {
        var store = OpenAlone();
        using var other = OpenRaw();
        other.Execute("BEGIN IMMEDIATE");

        var commit = store.CommitAsync(new Commit(Put("last")), Cancel).AsTask();

        Assert.False(commit.IsCompleted);
        other.Execute("COMMIT");
        Assert.True(commit.Wait(TimeSpan.FromMinutes(2), Cancel));
        Assert.True(commit.Result.IsCommitted);
    });

    [Fact]
    public void A_commit_that_fails_on_the_callers_thread_fails_alone() => OnPlainThread(() =>
    {
        var store = OpenAlone();

        var failed = store.CommitAsync(Stalls.FailingLate("x"), Cancel).AsTask();
        var next = store.CommitAsync(new Commit(Put("last")), Cancel).AsTask();

        _ = Assert.IsType<InvalidTimeZoneException>(failed.Exception!.InnerException);
        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal(Many + 1, next.Result.Revision.Value);
    });

    [Fact]
    public void The_log_is_kept_short_for_a_caller_alone() => OnPlainThread(() =>
    {
        var store = OpenAlone(options => options.LogPagesMax = 100);
        var log = new FileInfo(DatabasePath + "-wal");

        for (var i = 0; i < 2000; i++)
        {
            Assert.True(store.CommitAsync(new Commit(Put($"id{i}", new string('x', 2000))), Cancel).AsTask().Wait(
                TimeSpan.FromMinutes(2), Cancel));
        }

        // Written through, it would be more than ten times as long.
        log.Refresh();
        Assert.InRange(log.Length, 1, 1000 * 4096L);
    });

    [Fact]
    public async Task Callers_alone_and_together_in_turn_lose_nothing()
    {
        var store = await OpenAsync();
        for (var round = 0; round < 50; round++)
        {
            var writers = round % 2 == 0 ? 1 : 16;
            await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Factory.StartNew(
                () =>
                {
                    for (var i = 0; i < 12; i++)
                    {
                        var commit = new Commit(new AddOperation(Key("counter"), 1), Put($"{round}/{writer}/{i}"));
                        Assert.True(store.CommitAsync(commit, Cancel).AsTask().GetAwaiter().GetResult().IsCommitted);
                    }
                },
                Cancel,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
        }

        var sum = await store.CommitAsync(new Commit(new AddOperation(Key("counter"), 0)), Cancel);
        Assert.Equal((25 * 12) + (25 * 16 * 12), Assert.Single(sum.Counters));
        Assert.Empty((await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel))
            .Problems);
    }

    [Fact]
    public void A_store_can_be_closed_while_a_caller_alone_writes() => OnPlainThread(() =>
    {
        var store = OpenAlone();
        var closing = Task.CompletedTask;
        var written = Stalls.CallingBack("last", () =>
        {
            var closer = new Thread(() => closing = store.DisposeAsync().AsTask());
            closer.Start();
            closer.Join();
        });

        var commit = store.CommitAsync(written, Cancel).AsTask();

        Assert.True(commit.IsCompletedSuccessfully);
        Assert.True(closing.Wait(TimeSpan.FromMinutes(2), Cancel));
    });

    // A store whose only caller has been alone long enough to write for itself.
    private SqliteStore OpenAlone(Action<SqliteStoreOptions>? change = null)
    {
        var store = OpenAsync(change).GetAwaiter().GetResult();
        for (var i = 0; i < Many; i++)
        {
            var commit = new Commit(Put($"first{i}"));
            Assert.True(store.CommitAsync(commit, Cancel).AsTask().GetAwaiter().GetResult().IsCommitted);
        }

        return store;
    }

    private Native.SqliteConnection OpenRaw() => Native.SqliteConnection.Open(
        Native.SqliteLoader.Load(null), DatabasePath, Native.SqliteCode.OpenReadWrite, vfs: null);

    // xunit runs tests under a synchronization context; an application's threads have none.
    private static void OnPlainThread(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }
}
