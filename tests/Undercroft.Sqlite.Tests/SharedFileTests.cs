using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Tests;

/// <summary>Others have the file open too.</summary>
public sealed class SharedFileTests : StoreTests
{
    [Fact]
    public async Task A_commit_waits_for_another_writer()
    {
        var store = await OpenAsync();
        using var other = Other();
        other.Execute("BEGIN IMMEDIATE");

        var waiting = store.CommitAsync(new Commit(Put("a")), Cancel).AsTask();
        Assert.Null(await TextAsync(store, "a"));
        other.Execute("COMMIT");

        Assert.True((await waiting).IsCommitted);
    }

    [Fact]
    public async Task A_writer_that_does_not_end_is_an_error_that_may_pass()
    {
        var store = await OpenAsync(static options => options.BusyTimeout = TimeSpan.FromMilliseconds(20));
        _ = await WriteAsync(store, Put("a", "kept"));
        using var other = Other();
        other.Execute("BEGIN IMMEDIATE");

        var error = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(store, Put("a", "lost")));

        Assert.Equal((StoreErrorKind.Unavailable, true), (error.Kind, error.IsTransient));
        Assert.Contains("raise BusyTimeout", error.Message, StringComparison.Ordinal);
        other.Execute("ROLLBACK");
        Assert.Equal("kept", await TextAsync(store, "a"));
        _ = await WriteAsync(store, Put("a", "later"));
    }

    [Fact]
    public async Task A_check_sees_what_another_store_has_written()
    {
        var first = await OpenAsync();
        var second = await OpenAsync();
        var revision = await WriteAsync(first, Put("a"));
        var check = new CheckOperation(Key("a"), WriteCondition.At(revision));
        _ = await WriteAsync(first, check, Put("b"));
        _ = await WriteAsync(first, check, Put("b"));

        _ = await WriteAsync(second, Put("a"));

        Assert.False((await first.CommitAsync(new Commit(check, Put("b")), Cancel)).IsCommitted);
    }

    [Fact]
    public async Task A_retry_is_known_whichever_store_it_comes_to()
    {
        var first = await OpenAsync();
        var second = await OpenAsync();
        var client = Guid.NewGuid();

        for (var number = 1; number <= 6; number++)
        {
            // By turns, and every other commit writes nothing but the lane.
            var (one, other) = number % 2 == 0 ? (first, second) : (second, first);
            StoreOperation operation = number % 3 == 0
                ? new CheckOperation(Key("none"), WriteCondition.Absent)
                : new AddOperation(Key("count"), 1);
            var commit = new Commit(operation) { Identity = new CommitIdentity(client, number) };

            var done = await one.CommitAsync(commit, Cancel);
            var again = await other.CommitAsync(commit, Cancel);

            Assert.Equal((false, true), (done.IsReplay, again.IsReplay));
            Assert.Equal(done.Revision, again.Revision);
            Assert.Equal(done.Counters, again.Counters);
        }
    }

    [Fact]
    public async Task A_clock_behind_that_of_another_process_does_not_go_back()
    {
        var ahead = new Testing.ManualClock(new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var behind = new Testing.ManualClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var slow = await OpenAsync(clock: behind);
        var fast = await OpenAsync(clock: ahead);
        _ = await WriteAsync(fast, Put("a"));

        _ = await WriteAsync(slow, Put("b"));

        Assert.Equal(ahead.GetUtcNow(), (await slow.ReadAsync(Key("b"), cancellationToken: Cancel))[0]!.UpdatedAt);
    }

    private SqliteConnection Other() =>
        SqliteConnection.Open(SqliteLoader.Load(null), DatabasePath, SqliteCode.OpenReadWrite, vfs: null);
}
