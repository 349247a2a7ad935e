using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace Undercroft.Cli.Tests;

/// <summary>The tool on servers: every command does there what it does on a file.</summary>
public sealed class ServerStoreTests(SharedPostgres postgres, SharedRedis redis) : CliFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private const string Steps = """
        {"baseline":"1","steps":[{"from":"1","to":"2","changes":[{"rename":"name","to":"title"}]}]}
        """;

    private readonly SortedSet<string> ran = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Every_store_command_does_the_same_on_every_store(string kind)
    {
        var store = Variables["UNDERCROFT_STORE"] = await AddressAsync(kind);
        var copy = "sqlite:" + PathOf("copy.db");
        await File.WriteAllTextAsync(PathOf("steps.json"), Steps, Cancel);
        await File.WriteAllTextAsync(PathOf("in"), "bytes", Cancel);

        await ShowsAsync("", "store", "put", "notes", "a", """{"name":"A"}""");
        await ShowsAsync("", "store", "put", "notes", "b", """{"name":"B"}""");
        await ShowsAsync("""{"name":"A"}""", "store", "get", "notes", "a");
        await ShowsAsync("""{"name":"B"}""", "store", "query", "notes", """{"name":"B"}""", "--json");
        await ShowsAsync($"\"backend\":\"{kind}\"", "store", "info", "--json");
        await ShowsAsync("notes", "store", "stats");
        await ShowsAsync("2 documents of 2 rewritten", "store", "migrate", "notes", PathOf("steps.json"), "--to", "2");
        await ShowsAsync("""{"title":"A"}""", "store", "get", "notes", "a");
        await ShowsAsync("", "store", "delete", "notes", "b");
        await ShowsAsync("\"id\":\"b\"", "store", "watch", "notes", "--once", "--json");
        await File.WriteAllTextAsync(PathOf("lamp.twee"), ":: StoryTitle\nThe Lamp\n\n:: Start\nDark.\n", Cancel);
        _ = (await RunAsync("stories", "import", PathOf("lamp.twee"))).MustSucceed();
        await ShowsAsync("by-file", "store", "indexes", "list", "stories");
        await ShowsAsync("by-file", "store", "indexes", "drop", "stories", "by-file");
        _ = (await RunAsync("stories", "delete", "The Lamp")).MustSucceed();
        await ShowsAsync("", "store", "blobs", "put", "it", PathOf("in"));
        await ShowsAsync("bytes", "store", "blobs", "get", "it");
        await ShowsAsync("it", "store", "blobs", "ls");
        await ShowsAsync("", "store", "blobs", "verify");
        await ShowsAsync("", "store", "archive", PathOf("all.tar"));
        await ShowsAsync("", "store", "archive", "verify", PathOf("all.tar"));
        await ShowsAsync("Copied into", "store", "copy", store, copy);
        await ShowsAsync("Equal: ", "store", "compare", store, copy);
        await ShowsAsync("", "store", "delete", "notes", "a");
        await ShowsAsync("", "store", "restore", PathOf("all.tar"), "--merge");
        await ShowsAsync("""{"title":"A"}""", "store", "get", "notes", "a");
        await ShowsAsync("", "store", "blobs", "rm", "it");
        await ShowsAsync("", "store", "blobs", "gc", "--grace", "0s");
        await ShowsAsync("", "store", "verify");
        await ShowsAsync("", "store", "compact", "--older-than", "0s");

        // A server has tools of its own for this, and the tool names them.
        var backup = await RunAsync("store", "backup", PathOf("backup"));
        Assert.Equal(kind == "sqlite", backup.Code == 0);
        Assert.Contains(kind == "postgres" ? "pg_basebackup" : "", backup.Error, Ordinal);
        _ = ran.Add("backup");

        await AssertAllRanAsync("store");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Every_command_on_jobs_does_the_same_on_every_store(string kind)
    {
        Variables["UNDERCROFT_STORE"] = await AddressAsync(kind);
        string[] work = ["jobs", "work", "-k", "mail", "--once", "--", "sh", "-c"];

        var id = (await ShowsAsync("", "jobs", "enqueue", "mail", """{"to":"Ann"}""")).Trim();
        await ShowsAsync(id, "jobs", "list");
        await ShowsAsync("\"state\":\"ready\"", "jobs", "show", id, "--json");
        await ShowsAsync("\"ready\":1,", "jobs", "stats", "--json");
        await ShowsAsync("\"ready\":1,", "jobs", "watch", "--times", "1", "--json");
        await ShowsAsync("default is paused.", "jobs", "pause", "default");
        await ShowsAsync("0 runs", [.. work, "cat"]);
        await ShowsAsync("\"paused\":true", "jobs", "stats", "--json");
        await ShowsAsync("", "jobs", "resume", "default");
        await ShowsAsync($"{id}  mail  done", [.. work, "cat"]);
        await ShowsAsync("\"result\":{\"to\":\"Ann\"}", "jobs", "show", id, "--json");

        id = (await ShowsAsync("", "jobs", "enqueue", "mail")).Trim();
        await ShowsAsync("1 run;", [.. work, "exit 65"]);
        await ShowsAsync(id, "jobs", "list", "--state", "dead");
        await ShowsAsync("1 dead letter will run again.", "jobs", "retry", "--dead");
        await ShowsAsync($"{id} is cancelled.", "jobs", "cancel", id);
        await ShowsAsync("\"succeeded\":1,\"dead\":0,\"cancelled\":1", "jobs", "stats", "--json");

        await AssertAllRanAsync("jobs");
    }

    [Fact]
    public async Task A_store_goes_through_both_servers_and_comes_back_with_the_same_archive_to_the_byte()
    {
        string[] way =
        [
            "sqlite:" + PathOf("a.db"), await AddressAsync("postgres"), await AddressAsync("redis"),
            "sqlite:" + PathOf("b.db"),
        ];
        Variables["UNDERCROFT_STORE"] = way[0];
        await File.WriteAllBytesAsync(PathOf("in"), new byte[100_000], Cancel);
        await ShowsAsync("", "store", "put", "notes", "a", """{"text":"a\u0000b\ud800"}""", "--tag", "x");
        await ShowsAsync("", "store", "put", "notes", "b", "[1.50,1e400]", "--ttl", "7d");
        await ShowsAsync("", "store", "blobs", "put", "it", PathOf("in"));
        foreach (var id in new[] { "z", "c", "y", "d" })
        {
            await ShowsAsync("", "store", "put", "notes", id, "0");
        }

        // In an order that is not that of the keys, and one that was there again in between.
        foreach (var id in new[] { "y", "d", "z", "c" })
        {
            await ShowsAsync("", "store", "delete", "notes", id);
        }

        await ShowsAsync("", "store", "put", "notes", "d", "0");
        await ShowsAsync("", "store", "delete", "notes", "d");
        var archives = new List<byte[]>();
        for (var at = 0; at < way.Length; at++)
        {
            if (at > 0)
            {
                await ShowsAsync("Copied into", "store", "copy", way[at - 1], way[at]);
                await ShowsAsync("Equal: ", "store", "compare", way[0], way[at]);
            }

            var file = PathOf($"{at}.tar");
            await ShowsAsync("", "store", "archive", file, "--canonical", "--deletions", "--store", way[at]);
            archives.Add(await File.ReadAllBytesAsync(file, Cancel));
        }

        Assert.All(archives, archive => Assert.Equal(archives[0], archive));
    }

    [Theory]
    [InlineData("postgres", "'tenant=NAME'")]
    [InlineData("redis", "'store=NAME'")]
    public async Task An_archive_that_is_forced_into_a_server_is_told_where_it_can_go(string kind, string setting)
    {
        var store = Variables["UNDERCROFT_STORE"] = await AddressAsync(kind);
        var name = setting.Trim('\'').Replace("NAME", "another", Ordinal);
        await ShowsAsync("", "store", "put", "notes", "a", "1");
        await ShowsAsync("", "store", "archive", PathOf("all.tar"));

        var forced = await RunAsync("store", "restore", PathOf("all.tar"), "--force");
        var plain = await RunAsync("store", "restore", PathOf("all.tar"));

        Assert.Equal((4, 4), (forced.Code, plain.Code));
        Assert.Equal(forced.Error, plain.Error);
        Assert.Contains(setting, forced.Error, Ordinal);
        Assert.Contains("--merge", forced.Error, Ordinal);
        var other = kind == "redis" ? $"{store[..store.IndexOf('?', Ordinal)]}?{name}" : $"{store}&{name}";
        await ShowsAsync("Restored", "store", "restore", PathOf("all.tar"), "--force", "--store", other);
        await ShowsAsync("1", "store", "get", "notes", "a", "--store", other);
    }

    [Fact]
    public async Task A_server_is_measured_and_nothing_is_left_of_it()
    {
        var measured = new[] { "bench", "--seconds", "0.01", "--documents", "1000", "--store" };
        var address = await AddressAsync("postgres");
        await ShowsAsync("", "store", "put", "notes", "a", "1", "--store", address);
        await ShowsAsync("Store postgres", [.. measured, address]);
        var left = await (await postgres.ServerAsync()).QueryAsync(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM undercroft.tenants), (SELECT count(*) FROM undercroft.records),
                (SELECT count(DISTINCT t) FROM undercroft.writers), (SELECT count(*) FROM undercroft.indexes),
                to_regclass('undercroft.of_bench'))
            """,
            new Uri(address).AbsolutePath[1..], Cancel);
        Assert.Equal("1 1 1 0", left.Trim());

        address = await AddressAsync("redis");
        await ShowsAsync("", "store", "put", "notes", "a", "1", "--store", address);
        await ShowsAsync("Store redis", [.. measured, address]);
        Assert.Equal("", (await (await redis.ServerAsync()).AskAsync("KEYS uc:{bench-*", Cancel)).Trim());
        await ShowsAsync("1", "store", "get", "notes", "a", "--store", address);
    }

    [Fact]
    public async Task A_command_to_copy_holds_no_masked_password()
    {
        var store = await AddressAsync("postgres");

        var demo = (await RunAsync("demo", "--store", store)).MustSucceed().Out;
        var serve = await RunAsync("serve", "--urls", "http://127.0.0.1:0", "--require-keys", "--store", store);

        Assert.DoesNotContain("--store postgres", demo, Ordinal);
        Assert.Contains("with the --store of this call", demo, Ordinal);
        Assert.Contains("monitors keys create NAME', with the --store of this call;", serve.Error, Ordinal);
        Assert.DoesNotContain("***", serve.Error, Ordinal);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task To_look_for_a_store_makes_none(string kind)
    {
        Variables["UNDERCROFT_STORE"] = await AddressAsync(kind);

        foreach (var command in new string[][] { ["store", "get", "notes", "a"], ["store", "info"], ["jobs", "stats"] })
        {
            var run = await RunAsync(command);
            Assert.NotEqual(0, run.Code);
            Assert.Contains(kind == "redis" ? "there is no such store" : "there is no store", run.Error, Ordinal);
        }

        // Somebody's first document is the first there is.
        await ShowsAsync("r1", "store", "put", "notes", "a", "1");
    }

    [Fact]
    public async Task The_store_is_chosen_by_kind_and_address()
    {
        _ = Variables.Remove("UNDERCROFT_STORE");
        Variables["STORAGE_BACKEND"] = "postgres";
        var missing = await RunAsync("store", "get", "notes", "a");
        Variables["POSTGRESQL_URL"] = await AddressAsync("postgres");

        await ShowsAsync("", "store", "put", "notes", "a", "{\"n\":1}");
        await ShowsAsync("{\"n\":1}", "store", "get", "notes", "a");

        Assert.NotEqual(0, missing.Code);
        Assert.Contains("POSTGRESQL_URL is not set", missing.Error, Ordinal);
    }

    private async Task<string> AddressAsync(string kind)
    {
        if (kind == "redis")
        {
            return $"{(await redis.ServerAsync()).Address}?store=cli-{Guid.NewGuid():n}";
        }

        if (kind == "sqlite")
        {
            return "sqlite:" + PathOf("app.db");
        }

        var server = await postgres.ServerAsync();
        return server.Address(await server.CreateDatabaseAsync(Cancel)) + "?horizonWait=60s";
    }

    // Runs a command that must succeed, show this, and no password.
    private async Task<string> ShowsAsync(string expected, params string[] command)
    {
        var run = (await RunAsync(command)).MustSucceed();
        Assert.Contains(expected, run.Out + run.Error, Ordinal);
        Assert.DoesNotContain("keeper", run.Out + run.Error, Ordinal);
        _ = ran.Add(command[1]);
        return run.Out;
    }

    private async Task AssertAllRanAsync(string group)
    {
        var help = (await RunAsync(group, "--help")).MustSucceed().Out;
        var commands = help[(help.IndexOf("Commands:\n", Ordinal) + "Commands:\n".Length)..].Split('\n')
            .Where(static line => line.StartsWith("  ", Ordinal) && line[2] != ' ')
            .Select(static line => line.Trim().Split(' ')[0]);
        Assert.Equal(commands.Order(StringComparer.Ordinal), ran);
    }
}
