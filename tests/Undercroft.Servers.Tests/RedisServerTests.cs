using Undercroft.Servers;

namespace Undercroft.Servers.Tests;

public sealed class RedisServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_killed_comes_back_with_what_its_file_holds()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendSync = "always", Password = "open", Users = ["reader on >r ~* +get"] },
            Cancel);
        _ = await server.AskAsync("SET cave dark", Cancel);
        var first = server.ProcessId;

        await server.KillAsync(Cancel);
        _ = await Assert.ThrowsAsync<ServerException>(() => server.AskAsync("PING", Cancel));
        await server.StartAgainAsync(Cancel);
        await server.RestartAsync(Cancel);

        Assert.Equal("dark", await server.AskAsync("GET cave", Cancel));
        Assert.NotEqual(first, server.ProcessId);
        Assert.Contains("user reader on", await server.AskAsync("ACL LIST", Cancel), StringComparison.Ordinal);
        var status = await File.ReadAllTextAsync($"/proc/{server.ProcessId}/status", Cancel);
        Assert.DoesNotContain("Uid:\t0\t", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_speaks_tls_with_a_certificate_of_the_test()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { UsesTls = true }, Cancel);

        Assert.Equal("PONG", await server.AskAsync("PING", Cancel));
        Assert.StartsWith("rediss://127.0.0.1:", server.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_goes_on_without_one_of_its_masters()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancel);
        var master = await cluster.MasterOfAsync("{vault}", Cancel);
        Assert.NotNull(master);
        var replica = cluster.ReplicaOf(master);
        _ = await master.AskAsync("SET {vault}cave dark", Cancel);
        Assert.Equal("1", await master.AskAsync("WAIT 1 60000", Cancel));

        await master.KillAsync(Cancel);
        await replica.UntilAsync(
            "ROLE", static answer => answer.StartsWith("master", StringComparison.Ordinal), Cancel);
        await replica.UntilAsync(
            "CLUSTER INFO", static answer => answer.Contains("cluster_state:ok", StringComparison.Ordinal), Cancel);

        Assert.Equal("dark", await replica.AskAsync("GET {vault}cave", Cancel));
        while (await cluster.MasterOfAsync("{vault}", Cancel) != replica)
        {
            // The others hear of it in their own time.
        }
    }

    [Fact]
    public async Task Sentinels_name_another_master_when_theirs_is_gone()
    {
        await using var sentinels = await RedisSentinels.StartAsync(cancellationToken: Cancel);
        var master = sentinels.Servers[0];
        Assert.Same(master, await sentinels.MasterAsync(Cancel));
        _ = await master.AskAsync("SET cave dark", Cancel);
        Assert.Equal("2", await master.AskAsync("WAIT 2 60000", Cancel));

        await master.KillAsync(Cancel);
        while (await sentinels.MasterAsync(Cancel) == master)
        {
            // The sentinels take their time, which the machine's speed decides.
        }

        Assert.Equal("dark", await (await sentinels.MasterAsync(Cancel)).AskAsync("GET cave", Cancel));

        // They name the new master before they say that the switch is done.
        while (!(await sentinels.ReadLogAsync(Cancel)).Contains("+switch-master", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }

    [Fact]
    public async Task What_cannot_start_says_why()
    {
        var options = new RedisServerOptions { Settings = ["no-such-setting yes"] };

        var error = await Assert.ThrowsAsync<ServerException>(() => RedisServer.StartAsync(options, Cancel));

        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }
}
