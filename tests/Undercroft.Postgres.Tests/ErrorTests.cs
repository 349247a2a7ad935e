using System.Net.Sockets;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What users get wrong: one sentence each, that says what to do and tells no secret.</summary>
public sealed class ErrorTests(SharedPostgres shared) : StoreTest(shared)
{
    private const string Secret = "wrong-secret";

    [Fact]
    public async Task A_wrong_password_is_told()
    {
        var error = await RefusedAsync(Address.Replace("vault%2Fkeeper%401", Secret, StringComparison.Ordinal));

        AssertSaid(error, StoreErrorKind.Unavailable, "password of the user 'undercroft' is wrong");
    }

    [Fact]
    public async Task A_missing_database_is_told() => AssertSaid(
        await RefusedAsync(Server.Address("nowhere")), StoreErrorKind.Unavailable, "There is no database 'nowhere'");

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var error = await RefusedAsync("postgres://me:wrong-secret@127.0.0.1:1/app?retryFor=0s");

        AssertSaid(error, StoreErrorKind.Unavailable, "cannot be reached");
        Assert.True(error.IsTransient);
        Assert.Contains("127.0.0.1:1/app", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_create_is_told()
    {
        _ = await Server.QueryAsync(
            $"CREATE ROLE guest_{Database} LOGIN PASSWORD '{Secret}'", cancellationToken: Cancel);
        var address = $"postgres://guest_{Database}:{Secret}@{Server.Host}:{Server.Port}/{Database}";

        AssertSaid(await RefusedAsync(address), StoreErrorKind.ReadOnly, "lacks a right. Grant it CREATE");
    }

    [Theory]
    [InlineData("")]
    [InlineData("GRANT USAGE ON SCHEMA undercroft TO ")]
    public async Task A_user_who_may_not_create_in_the_schema_of_another_is_told_which_right_it_lacks(string grant)
    {
        var guest = $"guest_{Database}";
        _ = await Server.QueryAsync($"CREATE ROLE {guest} LOGIN PASSWORD '{Secret}'", cancellationToken: Cancel);
        _ = await AskAsync("CREATE SCHEMA undercroft");
        if (grant.Length > 0)
        {
            _ = await AskAsync(grant + guest);
        }

        AssertSaid(
            await RefusedAsync($"postgres://{guest}:{Secret}@{Server.Host}:{Server.Port}/{Database}"),
            StoreErrorKind.ReadOnly,
            "Grant it USAGE on the schema 'undercroft', and CREATE where the store is to be made in it");
    }

    [Fact]
    public async Task A_server_that_answers_too_late_is_not_called_unreachable()
    {
        var store = await OpenAsync(static options =>
            (options.CommandTimeout, options.RetryFor) = (TimeSpan.FromSeconds(1), TimeSpan.Zero));
        _ = await CommitAsync(store, Put("a"));
        await using var other = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await using var hold = other.CreateCommand();
        hold.CommandText = "LOCK TABLE undercroft.records";
        _ = await hold.ExecuteNonQueryAsync(Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await store.ReadAsync(Key("a"), default, Cancel));

        AssertSaid(error, StoreErrorKind.Unavailable, "did not answer in time; a statement may take 1 s. Somebody may");
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Tables_of_another_kind_and_a_database_that_lets_nobody_in_are_told_in_words()
    {
        _ = await AskAsync("CREATE SCHEMA undercroft CREATE TABLE records (t int)");
        AssertSaid(await RefusedAsync(Address), StoreErrorKind.Corrupt, "are not those of a store");

        var name = $"closed_{Guid.NewGuid():n}";
        _ = await Server.QueryAsync($"CREATE DATABASE {name} ALLOW_CONNECTIONS false", cancellationToken: Cancel);
        AssertSaid(
            await RefusedAsync(Server.Address(name)), StoreErrorKind.Unavailable,
            $"The database '{name}' lets nobody in. Run ALTER DATABASE with ALLOW_CONNECTIONS true");
    }

    [Fact]
    public void A_host_that_there_is_not_is_not_waited_for()
    {
        var unknown = new SocketException((int)SocketError.HostNotFound);

        Assert.True(PostgresErrors.IsUnknownHost(unknown));
        Assert.True(PostgresErrors.IsUnknownHost(new Npgsql.NpgsqlException(unknown.Message, unknown)));
        Assert.False(PostgresErrors.IsUnknownHost(new SocketException((int)SocketError.ConnectionRefused)));
        var said = PostgresErrors.Of(
            new Npgsql.NpgsqlException(unknown.Message, unknown), "open", PostgresPlace.Of(Options())).Message;
        Assert.Equal(
            said.IndexOf(unknown.Message, StringComparison.Ordinal),
            said.LastIndexOf(unknown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_with_rights_on_what_is_there_writes_without_creating_and_is_told_which_it_lacks()
    {
        var writer = $"writer_{Database}";
        await using var owner = await OpenAsync();
        _ = await Server.QueryAsync($"CREATE ROLE {writer} LOGIN PASSWORD '{Secret}'", cancellationToken: Cancel);
        _ = await AskAsync(
            $"GRANT USAGE ON SCHEMA undercroft TO {writer}; " +
            $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA undercroft TO {writer}; " +
            $"GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA undercroft TO {writer}");
        var address = $"postgres://{writer}:{Secret}@{Server.Host}:{Server.Port}/{Database}";
        await using var store = await new StoreSchemes().AddPostgres().OpenAsync(address, null, Cancel);
        var key = new RecordKey("things", "a");

        var written = await store.CommitAsync(new Commit([new PutOperation(key, "{}"u8.ToArray())]), Cancel);
        _ = await AskAsync($"REVOKE INSERT ON undercroft.records FROM {writer}");
        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(
            new Commit([new PutOperation(new RecordKey("things", "b"), "{}"u8.ToArray())]), Cancel));

        Assert.True(written.IsCommitted);
        Assert.NotNull((await owner.ReadAsync(key, default, Cancel))[0]);
        AssertSaid(error, StoreErrorKind.ReadOnly, "lacks a right. Grant it USAGE on the schema 'undercroft', SELECT");
    }

    [Fact]
    public async Task Tls_that_the_server_does_not_speak_is_told() => AssertSaid(
        await RefusedAsync($"{Address}?sslmode=require"), StoreErrorKind.Unavailable, "do not agree on TLS");

    [Fact]
    public async Task A_database_in_another_encoding_is_told()
    {
        var name = $"latin_{Guid.NewGuid():n}";
        _ = await Server.QueryAsync(
            $"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0",
            cancellationToken: Cancel);

        AssertSaid(
            await RefusedAsync(Server.Address(name)), StoreErrorKind.Unsupported,
            "the database's encoding is 'LATIN1', expected 'UTF8'");
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_not_made_by_reading()
    {
        AssertSaid(await RefusedAsync($"{Address}?mode=ro"), StoreErrorKind.Unavailable, "there is no store");
        Assert.Equal(false, await AskAsync("SELECT to_regnamespace('undercroft') IS NOT NULL"));
    }

    [Fact]
    public async Task A_server_without_a_connection_left_is_told()
    {
        await using var small = await PostgresServer.StartAsync(
            new PostgresServerOptions { ConnectionsMax = 6, Settings = ["superuser_reserved_connections = 0"] },
            Cancel);
        await using var source = Npgsql.NpgsqlDataSource.Create(
            TestStores.Options(small.Address(), "default").ConnectionString);
        var held = new List<Npgsql.NpgsqlConnection>();
        for (var i = 0; i < 6; i++)
        {
            held.Add(await source.OpenConnectionAsync(Cancel));
        }

        var error = await RefusedAsync($"{small.Address()}?retryFor=0s");
        AssertSaid(error, StoreErrorKind.Unavailable, "has no connection left");
        Assert.True(error.IsTransient);
        foreach (var one in held)
        {
            await one.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_promises_no_disk_is_not_asked_for_one()
    {
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await OpenAsync(static options => options.DefaultDurability = Durability.Disk));

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains("fsync = off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_takes_no_writes_is_told()
    {
        var store = await OpenAsync(static options => options.RetryFor = TimeSpan.Zero);
        _ = await CommitAsync(store, Put("a"));
        _ = await Server.QueryAsync(
            $"ALTER DATABASE {Database} SET default_transaction_read_only = on", cancellationToken: Cancel);
        _ = await Server.QueryAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}'",
            cancellationToken: Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            // The first may only find its connection ended.
            for (var tries = 0; tries < 20; tries++)
            {
                try
                {
                    _ = await store.CommitAsync(new Commit(Put("b")), Cancel);
                }
                catch (StoreException other) when (other.Kind == StoreErrorKind.Unavailable)
                {
                    // Another of the pool.
                }
            }
        });

        AssertSaid(error, StoreErrorKind.ReadOnly, "forbids writing");
    }

    private static async Task<StoreException> RefusedAsync(string address) =>
        await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await using var store = await new StoreSchemes().AddPostgres().OpenAsync(address, null, Cancel);
        });

    private static void AssertSaid(StoreException error, StoreErrorKind kind, string part)
    {
        Assert.Equal(kind, error.Kind);
        Assert.Equal("postgres", error.Backend);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("vault", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
