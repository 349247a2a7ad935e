using System.Buffers.Binary;
using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>A connection breaks at every step of a settlement with a document beside it: both happen once.</summary>
public sealed class JobStepTests(SharedPostgres shared)
{
    public static TheoryData<string> Steps => [.. FaultSteps.Names];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_job_ends_once_whatever_happens_on_the_way(string step)
    {
        var server = await shared.ServerAsync();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        var id = $"mine{Guid.NewGuid():n}";
        var options = TestStores.Options(server.AddressAt(proxy.Port, "postgres"), id);
        options.CommandTimeout = TimeSpan.FromSeconds(1);
        await using var store = await PostgresStore.OpenAsync(options, cancellationToken: Cancel);
        var jobs = JobStore.For(store);
        var session = SessionId.New();
        _ = await jobs.HeartbeatAsync(
            session,
            new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) },
            Cancel);
        _ = await jobs.CommitAsync(new Commit(new EnqueueOperation(new NewJob { Kind = "work" })), Cancel);
        var claim = await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"] }, Cancel);
        var job = Assert.Single(claim.Jobs);
        var key = new RecordKey("things", $"{id}-record");
        var counter = new RecordKey("things", "counter");
        var struck = proxy.Arm(FaultSteps.Of(key.Id)[step]);

        var result = await jobs.CommitAsync(
            new Commit(
                new PutOperation(key, "x"u8.ToArray()),
                new AddOperation(counter, 1),
                new SettleOperation(job.Lease, Settlement.Succeeded)),
            Cancel);

        Assert.True(struck.IsCompletedSuccessfully, "The fault has not happened.");
        Assert.True(result.IsCommitted, string.Join("; ", result.Conflicts));
        Assert.Equal(JobEffect.Settled, Assert.Single(result.Jobs).Effect);
        var again = await jobs.CommitAsync(
            new Commit(new AddOperation(counter, 1), new SettleOperation(job.Lease, Settlement.Succeeded)), Cancel);
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(again.Conflicts).Kind);
        var found = await store.ReadAsync((RecordKey[])[key, counter], cancellationToken: Cancel);
        Assert.Equal(result.Revision, found[0]?.Revision);
        Assert.Equal(1, BinaryPrimitives.ReadInt64BigEndian(found[1]!.Value.Span));
    }
}
