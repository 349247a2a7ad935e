using System.Text;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;
using Undercroft.Redis.Writing;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>A server that has lost the end of its history, and calls that come more than once.</summary>
public sealed class HistoryTests(SharedRedis shared)
{
    private static readonly RecordKey Key = new("c", "a");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revisions_that_a_crash_has_lost_are_never_given_out_again()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        await using var store = await OpenAsync(name);
        var first = await store.CommitAsync(Put(WriteCondition.Absent), Cancel);
        _ = await server.AskAsync("SAVE", Cancel);
        var lost = await store.CommitAsync(Put(WriteCondition.Present), Cancel);
        var (cursor, _) = await EndAsync(store);
        await server.KillAsync(Cancel);
        await server.StartAgainAsync(Cancel);

        var found = (await store.ReadAsync(Key, cancellationToken: Cancel))[0]!;
        var other = await store.CommitAsync(Put(WriteCondition.At(found.Revision)), Cancel);
        var stale = await store.CommitAsync(Put(WriteCondition.At(lost.Revision)), Cancel);

        Assert.Equal(first.Revision, found.Revision);
        AssertAfter(lost, other);
        Assert.False(stale.IsCommitted);
        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));

        // Only a loss makes the step.
        var next = await store.CommitAsync(Put(WriteCondition.Present), Cancel);
        Assert.Equal(other.Revision.Value + 1, next.Revision.Value);
    }

    [Fact]
    public async Task A_store_that_was_lost_before_its_first_commit_makes_the_step_too()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        await using var store = await OpenAsync(name);
        _ = await server.AskAsync("SAVE", Cancel);
        var lost = await store.CommitAsync(Put(WriteCondition.Absent), Cancel);
        await server.KillAsync(Cancel);
        await server.StartAgainAsync(Cancel);

        var other = await store.CommitAsync(Put(WriteCondition.Absent), Cancel);

        Assert.Equal(new Revision(1), lost.Revision);
        AssertAfter(lost, other);
    }

    [Fact]
    public async Task A_store_made_anew_after_a_flush_begins_with_revision_1()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        await using (var before = await OpenAsync(name))
        {
            _ = await before.CommitAsync(Put(WriteCondition.Absent), Cancel);
            _ = await before.CommitAsync(Put(WriteCondition.Present), Cancel);
        }

        // The data is gone; the functions, and what they have seen, are not.
        _ = await server.AskAsync("FLUSHALL", Cancel);
        await using var store = await OpenAsync(name);

        Assert.Equal(new Revision(1), (await store.CommitAsync(Put(WriteCondition.Absent), Cancel)).Revision);
    }

    [Fact]
    public async Task One_call_that_reaches_two_servers_begins_two_histories()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        await using var store = await OpenAsync(name);
        await using var client = await name.ConnectAsync();
        _ = await server.AskAsync("SAVE", Cancel);
        var call = CallOf(store, name);
        var attempt = Attempt(Put(default), 1);
        (await SendAsync(client, call, attempt)).Dispose();
        var before = await VersionAsync(client, name);

        // Its twin knows nothing of the call, as a replica does that takes over too early.
        await server.KillAsync(Cancel);
        await server.StartAgainAsync(Cancel);
        await using var twin = await name.ConnectAsync();
        (await SendAsync(twin, call, attempt)).Dispose();

        Assert.NotEqual(before, await VersionAsync(twin, name));
    }

    [Fact]
    public async Task An_identity_of_our_own_that_a_conflict_has_ended_is_judged_again()
    {
        var server = await shared.ServerAsync();
        await using var name = new StoreName(server);
        await using var store = await OpenAsync(name);
        await using var client = await name.ConnectAsync();
        var call = CallOf(store, name);
        _ = await store.CommitAsync(Put(WriteCondition.Absent), Cancel);
        var late = Attempt(Put(WriteCondition.Absent), 7);
        var repeated = Attempt(Put(WriteCondition.Absent), 7);
        repeated.IsRepeated = true;

        // The answer of the second try was lost too, so there is a third.
        Assert.False((await CommitAsync(client, call, repeated)).IsCommitted);
        Assert.False((await CommitAsync(client, call, repeated)).IsCommitted);

        // The first try may come last of all; it must not happen then.
        _ = await store.CommitAsync(new Commit(new DeleteOperation(Key)), Cancel);
        _ = await Assert.ThrowsAsync<CommitIdentityException>(() => CommitAsync(client, call, late));

        var done = await CommitAsync(client, call, repeated);
        var again = await CommitAsync(client, call, repeated);
        Assert.True(done.IsCommitted);
        Assert.Equal(done.Revision, again.Revision);
        Assert.Equal(new Revision(3), done.Revision);
    }

    private static void AssertAfter(CommitResult lost, CommitResult other) => Assert.True(
        other.Revision.Value > lost.Revision.Value, $"{other.Revision} was given out after {lost.Revision}.");

    private static ValueTask<RedisStore> OpenAsync(StoreName name)
    {
        var options = name.Options();
        options.ServerTimeout = options.CommandTimeout = options.RepeatFor = TimeSpan.FromMinutes(2);
        return RedisStore.OpenAsync(options, cancellationToken: Cancel);
    }

    private static async Task<(FeedCursor Next, int Count)> EndAsync(RedisStore store)
    {
        var page = await store.ChangesAsync(new ChangesRequest(), Cancel);
        return (page.Next, page.Changes.Count);
    }

    private static async Task<CommitResult> CommitAsync(RedisClient client, CommitCall call, CommitAttempt attempt)
    {
        using var reply = await SendAsync(client, call, attempt);
        return call.Read(reply, attempt);
    }

    private static ValueTask<RedisReply> SendAsync(RedisClient client, CommitCall call, CommitAttempt attempt)
    {
        var command = client.Create("FCALL"u8);
        call.Write(command, attempt);
        return client.SendAsync(command, Cancel);
    }

    private static CommitCall CallOf(RedisStore store, StoreName name) => new(
        new FunctionLibrary(), new StoreKeys(name.Name), store.Info, new StoreClock(TimeProvider.System),
        new OpeningSalt());

    private static CommitAttempt Attempt(Commit commit, long number) => new(
        commit, new CommitIdentity(new Guid("0198a7a0-0000-7000-8000-000000000001"), number), default,
        IsOwnIdentity: true, MustWait: false);

    private static async Task<string> VersionAsync(RedisClient client, StoreName name)
    {
        using var version = await client.SendAsync(
            client.Create("HGET"u8).AddKey(Encoding.UTF8.GetBytes($"uc:{{{name.Name}}}:m")).Add("version"u8), Cancel);
        return Convert.ToHexString(version.Bytes.Span);
    }

    private static Commit Put(WriteCondition condition) => new(new PutOperation(Key, "x"u8.ToArray(), condition));
}
