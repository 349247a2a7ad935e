using Undercroft.Conformance;
using Undercroft.Files;
using Undercroft.Postgres;
using Undercroft.Redis;
using Undercroft.Servers;
using Undercroft.Sqlite;

namespace Undercroft.Backends.Tests;

/// <summary>The page on backends says what open stores say of themselves.</summary>
public sealed class BackendsPageTests : IDisposable
{
    private const string Accept = "UNDERCROFT_ACCEPT_DOCS";
    private const string Mark = "<!-- what follows is written by Undercroft.Backends.Tests -->\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-backends-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_page_on_backends_says_what_their_stores_declare()
    {
        await using var memory = new MemoryStore();
        await using var files = await FileStore.OpenAsync(
            new FileStoreOptions { Directory = Path.Combine(folder.FullName, "files") }, cancellationToken: Cancel);
        await using var sqlite = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { DatabasePath = Path.Combine(folder.FullName, "a.db") }, cancellationToken: Cancel);
        await using var database = await PostgresServer.StartAsync(
            new PostgresServerOptions { SyncsToDisk = true }, Cancel);
        await using var postgres = await PostgresStore.OpenAsync(
            new PostgresStoreOptions { ConnectionString = database.ConnectionString("postgres") },
            cancellationToken: Cancel);
        await using var always = await RedisServer.StartAsync(
            new RedisServerOptions { AppendSync = "always" }, Cancel);
        await using var redis = await OpenAsync(always);
        await using var everySecond = await RedisServer.StartAsync(cancellationToken: Cancel);
        await using var looser = await OpenAsync(everySecond);

        var tables = BackendTable.Write(
            new BackendRow("memory", memory.Info, BackendWays.Memory),
            new BackendRow("files", files.Info, BackendWays.Files),
            new BackendRow("sqlite", sqlite.Info, BackendWays.Sqlite),
            new BackendRow("postgres", postgres.Info, BackendWays.Postgres),
            new BackendRow("redis, `appendfsync always`", redis.Info, BackendWays.Redis),
            new BackendRow("redis, `everysec`", looser.Info, BackendWays.Redis));

        var path = Path.Combine(FindRoot(), "docs", "reference", "backends.md");
        var page = await File.ReadAllTextAsync(path, Cancel);
        var expected = page[..(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + "\n" + tables;
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            await File.WriteAllTextAsync(path, expected, Cancel);
            return;
        }

        Assert.True(
            page == expected,
            $"docs/reference/backends.md differs from what the stores declare. Run this test with "
            + $"{Accept}=1.\n{tables}");
    }

    private static async Task<IStore> OpenAsync(RedisServer server) => await RedisStore.OpenAsync(
        new RedisStoreOptions { Hosts = $"{server.Host}:{server.Port}" }, cancellationToken: Cancel);

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Undercroft.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("Run it inside the repository.");
        }

        return at.FullName;
    }
}
