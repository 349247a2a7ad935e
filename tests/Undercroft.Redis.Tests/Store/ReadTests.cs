using System.Globalization;
using System.Text;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>Reads of one record use the same memory again and again: none gets what another has asked for.</summary>
public sealed class ReadTests(SharedRedis shared)
{
    private const int Callers = 32;
    private const int ReadsEach = 200;
    private const int Keys = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_read_gets_its_record_whoever_gives_up_beside_it()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        for (var i = 0; i < Keys; i++)
        {
            _ = await store.CommitAsync(new Commit(new PutOperation(Key(i), Value(i))), Cancel);
        }

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
            async () =>
            {
                for (var i = 0; i < ReadsEach; i++)
                {
                    await ReadAsync(store, (caller * 7) + i, isGivenUp: (caller + i) % 3 == 0);
                }
            },
            Cancel)));
    }

    [Fact]
    public async Task A_read_knows_what_is_absent_deleted_expired_and_longer_than_a_piece_of_the_connection()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        var large = new byte[500_000];
        new Random(1).NextBytes(large);
        _ = await store.CommitAsync(
            new Commit(
                new PutOperation(Key(0), Value(0)) { ExpiresAt = until },
                new PutOperation(Key(1), large),
                new PutOperation(Key(2), Value(2))),
            Cancel);
        _ = await store.CommitAsync(new Commit(new DeleteOperation(Key(2))), Cancel);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Value(0), (await FindAsync(store, 0, default))!.Value.ToArray());
            Assert.Equal(until, (await FindAsync(store, 0, default))!.ExpiresAt);
            Assert.Null(await FindAsync(store, 0, new ReadOptions { Now = until }));
            Assert.Equal(large, (await FindAsync(store, 1, default))!.Value.ToArray());
            Assert.Null(await FindAsync(store, 2, default));
            Assert.True((await FindAsync(store, 2, new ReadOptions { IncludeDeleted = true }))!.IsDeleted);
            Assert.Null(await FindAsync(store, 3, default));
        }
    }

    [Fact]
    public async Task What_is_no_record_is_told_and_the_next_read_goes_on()
    {
        await using var name = new StoreName(await shared.ServerAsync());
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        await using var client = await name.ConnectAsync();
        _ = await store.CommitAsync(new Commit(new PutOperation(Key(0), Value(0))), Cancel);
        (await client.SendAsync(client.Create("SET"u8).AddKey(NameOf(name, 1)).Add("junk"u8), Cancel)).Dispose();
        (await client.SendAsync(client.Create("LPUSH"u8).AddKey(NameOf(name, 2)).Add("x"u8), Cancel)).Dispose();

        for (var i = 0; i < 3; i++)
        {
            var damaged = await Assert.ThrowsAsync<StoreException>(() => FindAsync(store, 1, default).AsTask());
            Assert.Equal(StoreErrorKind.Corrupt, damaged.Kind);
            _ = await Assert.ThrowsAsync<StoreException>(() => FindAsync(store, 2, default).AsTask());
            Assert.Equal(Value(0), (await FindAsync(store, 0, default))!.Value.ToArray());
        }
    }

    private static async Task ReadAsync(RedisStore store, int number, bool isGivenUp)
    {
        // Every tenth is not there.
        var key = number % (Keys + (Keys / 10));
        using var end = new CancellationTokenSource();
        var reading = store.ReadAsync(Key(key), cancellationToken: isGivenUp ? end.Token : Cancel).AsTask();
        if (isGivenUp)
        {
            await end.CancelAsync();
        }

        try
        {
            var record = (await reading)[0];
            Assert.Equal(key < Keys, record is not null);
            Assert.Equal(key < Keys ? Value(key) : [], record?.Value.ToArray() ?? []);
            Assert.Equal(record is null ? default : Key(key), record?.Key ?? default);
        }
        catch (OperationCanceledException) when (isGivenUp)
        {
            // It came too late.
        }
    }

    private static async ValueTask<StoreRecord?> FindAsync(RedisStore store, int number, ReadOptions options) =>
        (await store.ReadAsync(Key(number), options, Cancel))[0];

    private static RecordKey Key(int number) => new("c", string.Create(CultureInfo.InvariantCulture, $"id{number}"));

    private static byte[] Value(int number) => [.. Enumerable.Repeat((byte)number, 100 + (number * 20))];

    private static byte[] NameOf(StoreName name, int number) =>
        Encoding.UTF8.GetBytes($"uc:{{{name.Name}}}:r:c\0{Key(number).Id}");
}
