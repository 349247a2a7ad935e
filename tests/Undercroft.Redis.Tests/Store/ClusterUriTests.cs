namespace Undercroft.Redis.Tests;

/// <summary>Any node of a cluster leads to all of it: after a failover the one that a URI names is a replica.</summary>
public sealed class ClusterUriTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_uri_may_name_a_replica_alone()
    {
        var replica = cluster.Replica;
        Assert.StartsWith("slave", await replica.AskAsync("ROLE", Cancel), StringComparison.Ordinal);
        var key = new RecordKey("c", "a");
        await using var store = await OpenAsync(replica.Address);

        var written = await store.CommitAsync(new Commit(new PutOperation(key, "x"u8.ToArray())), Cancel);

        await using var reader = await OpenAsync($"{replica.Address}?mode=ro");
        Assert.Equal(written.Revision, (await reader.ReadAsync(key, cancellationToken: Cancel))[0]?.Revision);
    }

    private static ValueTask<IStore> OpenAsync(string uri) =>
        new StoreSchemes().AddRedis().OpenAsync(uri, cancellationToken: Cancel);
}
