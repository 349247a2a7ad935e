using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite.Tests;

/// <summary>Many at once: followers who learn of each other's news, readers in line when the pool closes.</summary>
public sealed class ContentionTests : StoreTests
{
    [Fact]
    public async Task A_follower_is_woken_although_another_one_has_seen_the_news_of_another_process_first()
    {
        var store = await OpenAsync(static options => options.PollInterval = TimeSpan.FromMilliseconds(50));
        _ = await WriteAsync(store, Put("a"));
        var elsewhere = await OpenAsync();
        var first = store.WaitAsync(FeedCursor.End, Cancel).AsTask();
        _ = await WriteAsync(elsewhere, Put("b"));
        var second = store.WaitAsync(FeedCursor.End, Cancel).AsTask();

        await first.WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        _ = await WriteAsync(store, Put("c"));
        await second.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
    }

    [Fact]
    public async Task All_readers_in_line_hear_of_the_end_of_the_pool()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        var library = SqliteLoader.Load(null);
        var pool = new ReaderPool(
            () => new SqliteReader(
                SqliteConnection.Open(library, DatabasePath, SqliteCode.OpenReadOnly, vfs: null),
                new NameTable(),
                new HistoryCache()),
            readersMax: 1,
            TimeSpan.FromMinutes(1),
            TimeProvider.System);
        var busy = pool.TryRent()!;
        var waits = Enumerable.Range(0, 5).Select(_ => pool.RentAsync(Cancel).AsTask()).ToArray();

        var closing = pool.CloseAsync().AsTask();
        pool.Return(busy);
        await closing.WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        foreach (var wait in waits)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(
                () => wait.WaitAsync(TimeSpan.FromMinutes(2), Cancel));
        }
    }
}
