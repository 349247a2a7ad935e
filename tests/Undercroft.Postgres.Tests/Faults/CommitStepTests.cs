using System.Buffers.Binary;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>A connection breaks at every step of a commit: it happens once, and the caller is told.</summary>
public sealed class CommitStepTests(SharedPostgres shared)
{
    public static TheoryData<string> Steps => [.. FaultSteps.Names];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_commit_happens_once_whatever_happens_on_the_way(string step)
    {
        var server = await shared.ServerAsync();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        var id = $"cave{Guid.NewGuid():n}";
        var options = TestStores.Options(server.AddressAt(proxy.Port, "postgres"), id);
        options.CommandTimeout = TimeSpan.FromSeconds(1);
        await using var store = await PostgresStore.OpenAsync(options, cancellationToken: Cancel);
        var key = new RecordKey("things", $"{id}-record");
        var counter = new RecordKey("things", "counter");
        _ = await store.CommitAsync(
            new Commit(
                new PutOperation(new RecordKey("things", "warm"), "x"u8.ToArray()),
                new AddOperation(new RecordKey("things", "warm-counter"), 1)),
            Cancel);
        var struck = proxy.Arm(FaultSteps.Of(key.Id)[step]);

        var result = await store.CommitAsync(
            new Commit(new PutOperation(key, "x"u8.ToArray()), new AddOperation(counter, 1)), Cancel);

        Assert.True(struck.IsCompletedSuccessfully, "The fault has not happened.");
        Assert.True(result.IsCommitted);
        var next = await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("things", "next"), default)), Cancel);
        Assert.True(next.IsCommitted);
        var found = await store.ReadAsync((RecordKey[])[key, counter], cancellationToken: Cancel);
        Assert.Equal(result.Revision, found[0]?.Revision);
        Assert.Equal(1, BinaryPrimitives.ReadInt64BigEndian(found[1]!.Value.Span));
    }
}
