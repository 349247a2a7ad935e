using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Undercroft.Cli.Tests;

/// <summary>The tool on a server: every command does there what it does on files.</summary>
public sealed class PostgresStoreTests(SharedPostgres shared) : CliFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private string Sqlite => "sqlite:" + PathOf("a.db");

    [Fact]
    public async Task A_store_goes_to_a_server_and_back_and_is_the_same()
    {
        var postgres = await AddressAsync();
        Variables["UNDERCROFT_STORE"] = Sqlite;
        _ = (await RunAsync("store", "put", "notes", "a", "{\"text\":\"one\"}")).MustSucceed();
        _ = (await RunAsync("store", "put", "notes", "b", "{\"text\":\"a\\u0000b\"}")).MustSucceed();
        _ = (await RunAsync("store", "put", "notes", "gone", "3")).MustSucceed();
        _ = (await RunAsync("store", "delete", "notes", "gone")).MustSucceed();

        var there = await RunAsync("store", "copy", Sqlite, postgres);
        var back = await RunAsync("store", "copy", postgres, "sqlite:" + PathOf("b.db"));
        var equal = await RunAsync("store", "compare", Sqlite, "sqlite:" + PathOf("b.db"));
        var across = await RunAsync("store", "compare", Sqlite, postgres);

        Assert.StartsWith("Copied into postgres:", there.MustSucceed().Out, Ordinal);
        Assert.DoesNotContain("keeper", there.Out + there.Error, Ordinal);
        _ = back.MustSucceed();
        Assert.StartsWith("Equal: ", equal.MustSucceed().Out, Ordinal);
        Assert.StartsWith("Equal: ", across.MustSucceed().Out, Ordinal);
    }

    [Fact]
    public async Task The_store_is_chosen_by_kind_and_address()
    {
        var postgres = await AddressAsync();
        _ = Variables.Remove("UNDERCROFT_STORE");
        Variables["STORAGE_BACKEND"] = "postgres";
        var missing = await RunAsync("store", "get", "notes", "a");
        Variables["POSTGRESQL_URL"] = postgres;

        _ = (await RunAsync("store", "put", "notes", "a", "{\"n\":1}")).MustSucceed();
        var found = (await RunAsync("store", "get", "notes", "a")).MustSucceed();
        var verified = (await RunAsync("store", "verify")).MustSucceed();
        _ = (await RunAsync("store", "compact")).MustSucceed();
        var backup = await RunAsync("store", "backup", PathOf("x"));

        Assert.NotEqual(0, missing.Code);
        Assert.Contains("POSTGRESQL_URL is not set", missing.Error, Ordinal);
        Assert.Contains("{\"n\":1}", found.Out, Ordinal);
        Assert.DoesNotContain("keeper", verified.Out + verified.Error, Ordinal);
        Assert.NotEqual(0, backup.Code);
        Assert.Contains("pg_basebackup", backup.Error, Ordinal);
    }

    private async Task<string> AddressAsync()
    {
        var server = await shared.ServerAsync();
        var cancel = TestContext.Current.CancellationToken;
        return server.Address(await server.CreateDatabaseAsync(cancel)) + "?horizonWait=60s";
    }
}
