using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Client;

/// <summary>Whatever is wrong with a server or a URI is said in one sentence, without secrets.</summary>
public sealed class RefusalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Passwords_that_are_wrong_or_missing_and_users_who_may_not()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                AppendOnly = false,
                Password = "open-sesame",
                Users = ["reader on >read-only-please ~* +get +hello +ping"],
            },
            Cancel);
        var place = $"{server.Host}:{server.Port}";

        await AssertRefusedAsync(
            $"redis://:wrong-secret@{place}", RedisFailure.Denied, "The user name or the password is wrong");
        await AssertRefusedAsync(
            $"redis://nobody:open-sesame@{place}", RedisFailure.Denied, "The user name or the password is wrong");
        await AssertRefusedAsync($"redis://{place}", RedisFailure.Denied, "It asks for a password");

        await using var client = await Clients.OpenAsync($"redis://:open-sesame@{place}");
        await client.SetAsync("k", "v");
        await using var reader = await Clients.OpenAsync($"redis://reader:read-only-please@{place}");
        Assert.Equal("v", await reader.GetAsync("k"));
        var error = await Assert.ThrowsAsync<RedisException>(() => reader.SetAsync("k", "w"));
        Assert.Equal((RedisFailure.Denied, "NOPERM", false), (error.Failure, error.Code, error.IsTransient));
        AssertSentence(error, $"Redis {place} refused SET");
        AssertSentence(error, "have it granted with ACL SETUSER");
    }

    [Fact]
    public async Task Tls_works_with_the_right_authority_and_names_what_does_not_fit()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = false, UsesTls = true, Password = "open-sesame" }, Cancel);
        var place = $"{server.Host}:{server.Port}";
        var authority = Uri.EscapeDataString(server.AuthorityFile);

        await using var client = await Clients.OpenAsync($"rediss://:open-sesame@{place}?ca={authority}");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => client.SetAsync($"k{i}", new string('x', 50_000))));
        Assert.Equal(new string('x', 50_000), await client.GetAsync("k7"));
        await using var named = await Clients.OpenAsync(
            $"rediss://:open-sesame@{place}?ca={authority}&tlsHost=localhost");
        Assert.NotNull(await named.GetAsync("k7"));

        await AssertRefusedAsync(
            $"rediss://:open-sesame@{place}", RedisFailure.Tls, "name its authority with ?ca=FILE");
        await AssertRefusedAsync(
            $"rediss://:open-sesame@{place}?ca={authority}&tlsHost=elsewhere", RedisFailure.Tls, "No TLS with");
        await AssertRefusedAsync(
            $"redis://:open-sesame@{place}", RedisFailure.Unavailable, "use rediss:// instead of redis://");
    }

    [Fact]
    public async Task A_server_without_tls_is_told_from_one_that_is_not_trusted()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);

        // It waits for the end of a line that never comes, so the time must run out.
        var error = await Assert.ThrowsAsync<RedisException>(() => Clients.OpenAsync(
            $"rediss://{server.Host}:{server.Port}",
            static options => options.ConnectTimeout = TimeSpan.FromSeconds(5)));

        Assert.Equal(RedisFailure.Tls, error.Failure);
        AssertSentence(error, "use redis:// instead of rediss://");
    }

    [Fact]
    public async Task A_port_where_nobody_listens()
    {
        using var free = PortLease.Take();

        await AssertRefusedAsync(
            $"redis://127.0.0.1:{free.Port}", RedisFailure.Unavailable, $"127.0.0.1:{free.Port}: nobody listens there");
        await AssertRefusedAsync("redis://no.such.host.invalid", RedisFailure.Unavailable, "the name is not known");
    }

    [Fact]
    public async Task A_replica_is_refused_unless_its_primary_is_in_the_list()
    {
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = false, Settings = [$"replicaof {primary.Host} {primary.Port}"] },
            Cancel);
        var place = $"{replica.Host}:{replica.Port}";

        await AssertRefusedAsync($"redis://{place}", RedisFailure.ReadOnly, "is a read-only replica");

        await using var client = await Clients.OpenAsync($"redis://{place},{primary.Host}:{primary.Port}");
        await client.SetAsync("k", "v");

        // The roles change: the connection to what is a replica now is given up, and the other one is found.
        await replica.UntilAsync(
            "INFO replication",
            static answer => answer.Contains("master_link_status:up", StringComparison.Ordinal), Cancel);
        _ = await replica.AskAsync("REPLICAOF NO ONE", Cancel);
        _ = await primary.AskAsync($"REPLICAOF {replica.Host} {replica.Port}", Cancel);
        await client.SetAsync("k", "w").WaitAsync(Clients.Patience, Cancel);
        Assert.Equal("w", await replica.AskAsync("GET k", Cancel));
    }

    [Fact]
    public async Task Memory_that_is_used_up_and_replicas_that_are_missing()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var client = await Clients.OpenAsync(server);
        await client.SetAsync("k", "v");

        _ = await server.AskAsync("CONFIG SET maxmemory 1", Cancel);
        var full = await Assert.ThrowsAsync<RedisException>(() => client.SetAsync("k", "w"));
        _ = await server.AskAsync("CONFIG SET maxmemory 0", Cancel);
        _ = await server.AskAsync("CONFIG SET min-replicas-to-write 1", Cancel);
        var alone = await Assert.ThrowsAsync<RedisException>(() => client.SetAsync("k", "w"));

        Assert.Equal((RedisFailure.OutOfMemory, "OOM"), (full.Failure, full.Code));
        AssertSentence(full, "Its memory limit is reached, and nothing was written");
        Assert.Equal((RedisFailure.ReadOnly, "NOREPLICAS"), (alone.Failure, alone.Code));
        Assert.Equal("v", await client.GetAsync("k"));
    }

    [Fact]
    public async Task A_database_that_is_not_there_and_a_server_that_is_full_of_clients()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);

        await AssertRefusedAsync(
            $"redis://{server.Host}:{server.Port}/99", RedisFailure.Unsupported, "It has no database of that number");

        await using var third = await Clients.OpenAsync($"redis://{server.Host}:{server.Port}/3");
        await third.SetAsync("k", "three");
        Assert.Equal("", await server.AskAsync("GET k", Cancel));
    }

    [Theory]
    [InlineData("-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n", "one that does not know RESP3")]
    [InlineData("-NOPROTO unsupported protocol version\r\n", "one that does not know RESP3")]
    [InlineData(
        "%3\r\n$7\r\nversion\r\n$6\r\n6.2.14\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n",
        "it is 6.2.14, and 7.0 or later is needed")]
    public async Task A_server_that_is_too_old(string greeting, string expected)
    {
        await using var server = new FakeServer(greeting);

        await AssertRefusedAsync(server.Address, RedisFailure.Unsupported, expected);
    }

    [Fact]
    public async Task A_server_that_is_no_Redis_or_is_a_Sentinel()
    {
        await using var web = new FakeServer("HTTP/1.1 400 Bad Request\r\n\r\n");
        await AssertRefusedAsync(web.Address, RedisFailure.Tls, "hung up, or made no sense");

        await using var sentinel = new FakeServer(FakeServer.Hello.Replace(
            "$10\r\nstandalone", "$8\r\nsentinel", StringComparison.Ordinal));
        await AssertRefusedAsync(sentinel.Address, RedisFailure.Unsupported, "is a Sentinel, not a store of data");
    }

    [Theory]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n")]
    [InlineData("-BUSY Redis is busy running a script\r\n")]
    [InlineData("-TRYAGAIN Multiple keys request during rehashing of slot\r\n")]
    [InlineData("-CLUSTERDOWN Hash slot not served\r\n")]
    public async Task What_a_server_does_not_want_now_it_is_asked_again(string refusal)
    {
        await using var server = new FakeServer(FakeServer.Hello, refusal, refusal, "$5\r\nlight\r\n");
        await using var client = await Clients.OpenAsync(server.Address);

        Assert.Equal("light", await client.GetAsync("k").WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task What_waits_outlasts_a_server_that_hangs_up_on_the_greeting()
    {
        await using var server = new FakeServer(FakeServer.Hello, "", "", "", FakeServer.Hello, "$5\r\nlight\r\n");
        await using var client = await Clients.OpenAsync(server.Address);

        Assert.Equal("light", await client.GetAsync("k").WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task A_server_that_hangs_up_on_the_greeting_may_be_there_later()
    {
        await using var server = new FakeServer("");

        await AssertRefusedAsync(server.Address, RedisFailure.Unavailable, "hung up, or made no sense");
    }

    [Fact]
    public async Task Commands_that_travel_together_are_asked_again_where_they_may_be_repeated()
    {
        await using var server = new FakeServer(
            FakeServer.Hello, "+OK\r\n-LOADING Redis is loading\r\n", "+OK\r\n$5\r\nlight\r\n");
        await using var client = await Clients.OpenAsync(server.Address);

        using var reply = await client.SendAsync(
            client.Create("PING"u8).Next("GET"u8).AddKey("k"u8).Repeatable(), Cancel);

        Assert.Equal("light", reply.ToArray()[1].Text);
    }

    [Fact]
    public async Task What_a_server_never_wants_is_told_after_a_while()
    {
        await using var server = new FakeServer(
            FakeServer.Hello, "-LOADING Redis is loading the dataset in memory\r\n");
        await using var client = await Clients.OpenAsync(
            server.Address, static options => options.ServerTimeout = TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<RedisException>(
            () => client.GetAsync("k").WaitAsync(Clients.Patience, Cancel));

        Assert.Equal((RedisFailure.Unavailable, "LOADING", true), (error.Failure, error.Code, error.IsTransient));
        AssertSentence(error, "It is still loading its data");
    }

    [Theory]
    [InlineData("+OK\r\n+OK\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("?what\r\n")]
    public async Task A_server_that_talks_nonsense_loses_its_connection_and_nothing_else(string nonsense)
    {
        await using var server = new FakeServer(
            FakeServer.Hello, nonsense, FakeServer.Hello, "$5\r\nlight\r\n");
        await using var client = await Clients.OpenAsync(server.Address);

        _ = await client.GetAsync("k").WaitAsync(Clients.Patience, Cancel);

        Assert.Equal("light", await client.GetAsync("k").WaitAsync(Clients.Patience, Cancel));
    }

    private static async Task AssertRefusedAsync(string uri, RedisFailure failure, string expected)
    {
        var error = await Assert.ThrowsAsync<RedisException>(() => Clients.OpenAsync(uri));

        Assert.Equal(failure, error.Failure);
        AssertSentence(error, expected);
    }

    private static void AssertSentence(RedisException error, string expected)
    {
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
    }
}
