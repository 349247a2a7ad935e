using System.Text.RegularExpressions;
using Undercroft.Jobs;
using Undercroft.Redis.Opening;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The rights that the guide names are enough for all that a store does, and each of the keys' is needed.
/// </summary>
public sealed partial class RightsTests
{
    private const string User = "mini on >minis-secret resetkeys resetchannels -@all ";

    private static readonly RecordKey Key = new("c", "a");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_guide_names_is_enough()
    {
        await using var server = await StartAsync(Rights.Rules);
        await using var store = await OpenAsync(server, "&cache=100");
        var entry = new IndexEntry("name", new byte[] { 1 }, IsUnique: true);
        var waiting = store.WaitAsync(FeedCursor.End, Cancel).AsTask();

        _ = await store.CommitAsync(
            new Commit(
                new PutOperation(Key, "x"u8.ToArray()) { Entries = [entry] },
                new AddOperation(new RecordKey("c", "n"), 1), new PutOperation(new RecordKey("c", "b"), default)
                {
                    ExpiresAt = DateTimeOffset.UnixEpoch,
                }),
            Cancel);
        await waiting;
        _ = await store.ReadAsync(new[] { Key, new RecordKey("c", "n") }, default, Cancel);
        _ = await store.ScanAsync(new ScanRequest { Collection = "c" }, Cancel);
        _ = await store.ScanAsync(new ScanRequest { Collection = "c", IsReverse = true }, Cancel);
        _ = await store.ScanAsync(new ScanRequest { Collection = "c", Range = ScanRange.Keys("name") }, Cancel);
        _ = await store.CommitAsync(new Commit(new DeleteOperation(Key)), Cancel);
        _ = await store.ChangesAsync(new ChangesRequest(), Cancel);
        await WorkAsync(store);
        foreach (var kind in Enum.GetValues<MaintenanceKind>().Except([MaintenanceKind.Backup]))
        {
            Assert.Empty((await store.MaintainAsync(new MaintenanceRequest { Kind = kind }, Cancel)).Problems);
        }

        Assert.Equal("", await server.AskAsync("ACL LOG", Cancel));
    }

    [Fact]
    public async Task Each_command_on_the_keys_is_missed_at_the_opening_and_the_whole_list_is_told()
    {
        await using var server = await StartAsync(Rights.Rules);
        await using (await OpenAsync(server, ""))
        {
        }

        foreach (var command in Rights.Reading.Concat(Rights.Writing))
        {
            _ = await server.AskAsync($"ACL SETUSER mini -{command}", Cancel);
            var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync(server, ""));
            Assert.Contains(Rights.Rules, error.Message, StringComparison.Ordinal);
            _ = await server.AskAsync($"ACL SETUSER mini +{command}", Cancel);
        }
    }

    [Fact]
    public async Task The_guide_names_what_the_code_needs()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Undercroft.slnx")))
        {
            folder = folder.Parent!;
        }

        var guide = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "docs", "guides", "redis.md"), Cancel);

        Assert.Contains(Rights.Rules, Blanks().Replace(guide, " "), StringComparison.Ordinal);
    }

    private static async Task WorkAsync(IStore store)
    {
        var jobs = JobStore.For(store);
        _ = await jobs.CommitAsync(
            new Commit(new EnqueueOperation(new NewJob { Kind = "mail", UniqueKey = "once" })), Cancel);
        var session = SessionId.New();
        _ = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) }, Cancel);
        var run = Assert.Single((await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["mail"] }, Cancel)).Jobs);
        _ = await jobs.CommitAsync(new Commit(new SettleOperation(run.Lease, Settlement.Succeeded)), Cancel);
        _ = await jobs.MaintainJobsAsync(new JobMaintenance(), Cancel);
        _ = await jobs.ListJobsAsync(new JobFilter { State = JobState.Succeeded }, Cancel);
        _ = await jobs.ListQueuesAsync(Cancel);
        Assert.Equal(JobState.Succeeded, (await jobs.FindJobAsync(run.Id, Cancel))?.State);
    }

    private static Task<RedisServer> StartAsync(string rules) => RedisServer.StartAsync(
        new RedisServerOptions { AppendOnly = false, Users = [User + rules] }, Cancel);

    private static ValueTask<IStore> OpenAsync(RedisServer server, string settings) =>
        new StoreSchemes().AddRedis().OpenAsync(
            $"redis://mini:minis-secret@{server.Host}:{server.Port}?store=mini{settings}", cancellationToken: Cancel);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
