using System.Text;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>What somebody else does to the keys of a store is found and named.</summary>
public sealed class VerifyTests(SharedRedis shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DEL r:c\0live", "The feed names 'c/live', which is not there.")]
    [InlineData("ZADD f 1 c\0dead", "The feed does not have 'c/dead' at its revision")]
    [InlineData("ZREM k:c live", "'c/live' is not listed among the ids of its collection.")]
    [InlineData("ZADD k:c 0 dead", "The tombstone 'c/dead' is listed among the ids")]
    [InlineData("ZREM t c\0dead", "The tombstone 'c/dead' is not listed as one.")]
    [InlineData("ZADD t 1 c\0live", "'c/live' is listed as a tombstone and is none.")]
    [InlineData("DEL x", "'c/live' is not listed among what expires.")]
    [InlineData("ZADD x 0 12345678c\0live", "'c/live' is listed to expire at another time than its own.")]
    [InlineData("DEL i:c\0by", "'c/live' is not found in its index 'by'.")]
    [InlineData("ZADD i:c\0by 0 z\0\u0001live", "The index 'by' has an entry that 'c/live' does not have.")]
    [InlineData("ZADD k:c 0 ghost", "name 'c/ghost', which is not there or not in the feed.")]
    [InlineData("HSET m horizon 99", "The store has forgotten through r99, after its latest, r2.")]
    [InlineData("HSET m segments 1234567812345678", "The history has a stretch that begins at")]
    public async Task Damage_is_named(string damage, string expected)
    {
        var server = await shared.ServerAsync();
        await using var name = new StoreName(server);
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        _ = await store.CommitAsync(
            new Commit(
                new PutOperation(new RecordKey("c", "live"), "x"u8.ToArray())
                {
                    Entries = [new IndexEntry("by", "k"u8.ToArray())],
                    ExpiresAt = DateTimeOffset.MaxValue,
                },
                new PutOperation(new RecordKey("c", "dead"), "x"u8.ToArray())),
            Cancel);
        _ = await store.CommitAsync(new Commit(new DeleteOperation(new RecordKey("c", "dead"))), Cancel);
        Assert.Empty(await VerifyAsync(store));

        await using (var client = await name.ConnectAsync())
        {
            var words = damage.Split(' ');
            var command = client.Create(Encoding.UTF8.GetBytes(words[0]))
                .AddKey(Encoding.UTF8.GetBytes($"uc:{{{name.Name}}}:{words[1]}"));
            foreach (var word in words[2..])
            {
                _ = command.Add(word);
            }

            (await client.SendAsync(command, Cancel)).Dispose();
        }

        var problems = await VerifyAsync(store);
        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> VerifyAsync(RedisStore store) =>
        (await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel)).Problems;
}
