using Undercroft.Sqlite.Native;
using Undercroft.Testing;

namespace Undercroft.Sqlite.Tests;

public sealed class ReaderTests : StoreTests
{
    [Fact]
    public async Task A_read_by_key_allocates_nothing_but_its_result()
    {
        const int Reads = 1000;
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a", new string('x', 1000)));
        RecordKey key = Key("a");
        for (var i = 0; i < 100; i++)
        {
            _ = await store.ReadAsync(key, cancellationToken: Cancel);
        }

        var token = Cancel;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Reads; i++)
        {
            var reading = store.ReadAsync(key, cancellationToken: token);
            Assert.True(reading.IsCompletedSuccessfully);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Reads;

        // The array of 1,000 bytes and the record.
        Assert.InRange(each, 1000, 1024 + 160);
    }

    [Fact]
    public async Task A_read_sees_what_another_connection_has_committed_just_before()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a", "0"));
        using var other = SqliteConnection.Open(
            SqliteLoader.Load(null), DatabasePath, SqliteCode.OpenReadWrite, vfs: null);

        for (var i = 1; i <= 500; i++)
        {
            other.Execute(FormattableString.Invariant($"UPDATE records SET value = CAST('{i}' AS BLOB)"));
            Assert.Equal(FormattableString.Invariant($"{i}"), await TextAsync(store, "a"));
        }
    }

    [Fact]
    public async Task The_log_is_emptied_again_and_again_while_readers_never_rest()
    {
        // A log of 100 pages is full after some 30 of these commits. How soon a full one is emptied is up to the
        // system, which may let a reader rest in the middle of a read; that it is emptied is not.
        const int Times = 5;
        const int CommitsMax = 20_000;
        var store = await OpenAsync(static options => (options.LogPagesMax, options.DefaultDurability) =
            (100, Durability.Os));
        _ = await WriteAsync(store, Put("a"));
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Assert.NotNull(await TextAsync(store, "a"));
                }
            },
            Cancel)).ToArray();

        var logs = new HashSet<string>();
        for (var i = 0; i < CommitsMax && logs.Count <= Times; i++)
        {
            _ = await WriteAsync(store, Put($"id{i % 50}", new string('x', 2000)));
            if (LogInUse() is { } log)
            {
                _ = logs.Add(log);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(reading);
        Assert.True(logs.Count > Times, $"The log was emptied {logs.Count - 1} times by {CommitsMax} commits.");
    }

    // The salts in the header of the log, which are drawn anew each time it begins again; null where it is empty.
    private string? LogInUse()
    {
        using var log = File.Open(DatabasePath + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var salts = new byte[8];
        log.Position = 16;
        return log.ReadAtLeast(salts, salts.Length, throwOnEndOfStream: false) < salts.Length
            ? null
            : Convert.ToHexString(salts);
    }

    [Fact]
    public async Task A_reader_with_nothing_to_do_gives_its_snapshot_up()
    {
        var clock = new ManualClock();
        var store = await OpenAsync(clock: clock);
        _ = await WriteAsync(store, Put("a"));
        _ = await TextAsync(store, "a");
        Assert.False(Checkpoint());

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Checkpoint());
        Assert.Equal("body", await TextAsync(store, "a"));

        bool Checkpoint()
        {
            using var other = SqliteConnection.Open(
                SqliteLoader.Load(null), DatabasePath, SqliteCode.OpenReadWrite, vfs: null);
            _ = other.Query("SELECT count(*) FROM store");
            return other.Checkpoint(SqliteCode.CheckpointTruncate);
        }
    }

    [Fact]
    public async Task Reads_beyond_the_pool_wait_for_their_turn()
    {
        var store = await OpenAsync(static options => options.ReadersMax = 2);
        _ = await WriteAsync(store, Put("a"));

        var found = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    Assert.Equal("body", await TextAsync(store, "a"));
                }

                return true;
            },
            Cancel)));

        Assert.All(found, Assert.True);
    }

    [Fact]
    public async Task A_store_is_closed_while_it_is_read()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (true)
                {
                    Assert.NotNull(await TextAsync(store, "a"));
                }
            },
            Cancel)).ToArray();
        await Task.Yield();

        await store.DisposeAsync();

        foreach (var reader in reading)
        {
            _ = await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
        }
    }
}
