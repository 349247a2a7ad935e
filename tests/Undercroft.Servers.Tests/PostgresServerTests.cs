using Undercroft.Servers;

namespace Undercroft.Servers.Tests;

public sealed class PostgresServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_stopped_or_killed_comes_back_with_what_it_held()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        var database = await server.CreateDatabaseAsync(Cancel);
        _ = await server.QueryAsync("CREATE TABLE t AS SELECT 'cave' AS name", database, Cancel);
        var first = server.ProcessId;

        await server.KillAsync(Cancel);
        _ = await Assert.ThrowsAsync<ServerException>(() => server.QueryAsync("SELECT 1", cancellationToken: Cancel));
        await server.StartAgainAsync(Cancel);
        await server.RestartAsync(Cancel);

        Assert.Equal("cave", await server.QueryAsync("SELECT name FROM t", database, Cancel));
        Assert.NotEqual(first, server.ProcessId);
        Assert.Contains("automatic recovery in progress", await server.ReadLogAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_sorts_as_a_language_does_unless_told_and_does_not_run_as_root()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);

        var rows = await server.QueryAsync("SELECT 'a' < 'B', 'a' < 'B' COLLATE \"C\"", cancellationToken: Cancel);

        Assert.Equal("t|f", rows);
        var status = await File.ReadAllTextAsync($"/proc/{server.ProcessId}/status", Cancel);
        Assert.DoesNotContain("Uid:\t0\t", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_standby_has_what_the_primary_had_and_takes_its_place(bool isSynchronous)
    {
        await using var primary = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var standby = await primary.StartStandbyAsync("second", isSynchronous, Cancel);
        _ = await primary.QueryAsync("CREATE TABLE t AS SELECT 'cave' AS name", cancellationToken: Cancel);
        while (await standby.QueryAsync("SELECT to_regclass('t')", cancellationToken: Cancel) != "t")
        {
            // It replays what it has received; how soon is nobody's promise.
        }

        await primary.KillAsync(Cancel);
        await standby.PromoteAsync(Cancel);

        Assert.Equal("1", await standby.QueryAsync("INSERT INTO t VALUES ('x'); SELECT 1", cancellationToken: Cancel));
        Assert.Contains("received promote request", await standby.ReadLogAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pooler_stands_in_front_of_it()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var bouncer = await PgBouncer.StartAsync(server, cancellationToken: Cancel);

        // Asked as a client asks: over TCP, with the password.
        await using var through = PostgresServer.Existing(bouncer.Address("postgres"));

        Assert.Equal("1", await through.QueryAsync("SELECT 1", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Tls_is_asked_for_where_it_is_required()
    {
        await using var server = await PostgresServer.StartAsync(
            new PostgresServerOptions { RequiresTls = true }, Cancel);

        await using var encrypted = PostgresServer.Existing(server.Address() + "?sslmode=require");
        await using var plain = PostgresServer.Existing(server.Address() + "?sslmode=disable");

        Assert.Equal("1", await encrypted.QueryAsync("SELECT 1", cancellationToken: Cancel));
        var refused = await Assert.ThrowsAsync<ServerException>(
            () => plain.QueryAsync("SELECT 1", cancellationToken: Cancel));
        Assert.Contains("no encryption", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_start_says_why()
    {
        var options = new PostgresServerOptions { Settings = ["shared_buffers = nonsense"] };

        var error = await Assert.ThrowsAsync<ServerException>(() => PostgresServer.StartAsync(options, Cancel));

        Assert.StartsWith("The postgres server on port ", error.Message, StringComparison.Ordinal);
        Assert.Contains("shared_buffers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_ones_own_is_not_stopped()
    {
        await using var server = PostgresServer.Existing("postgres://me@localhost:5432/mine");

        var error = await Assert.ThrowsAsync<ServerException>(() => server.KillAsync(Cancel));

        Assert.Contains("UNDERCROFT_POSTGRES", error.Message, StringComparison.Ordinal);
        Assert.Equal("postgres://me@localhost:5432/other", server.Address("other"));
    }

    [Fact]
    public void A_missing_program_says_what_to_install()
    {
        var error = ServerPrograms.Missing("initdb", "PostgreSQL", "postgresql", SharedPostgres.Variable);

        Assert.Equal(
            "PostgreSQL's program 'initdb' is neither in PATH nor where Debian keeps it: install the package "
            + "'postgresql', or run ./test as root on Debian, which does, or let UNDERCROFT_POSTGRES name a server of "
            + "your own.",
            error.Message);
    }
}
