using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>Servers that are not what a store needs: too old, a replica, of another mind about TLS.</summary>
public sealed class RefusalTests(SharedPostgres shared) : IDisposable
{
    private const string Secret = "vault";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-postgres-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_too_old_is_told_and_left_as_it_is()
    {
        var server = await shared.ServerAsync();
        Assert.SkipWhen(server.IsExternal, "UNDERCROFT_POSTGRES names the server, which this test cannot disguise.");
        var database = await server.CreateDatabaseAsync(Cancel);
        await using var old = OlderServer.Start(server.Host, server.Port);

        AssertSaid(
            await RefusedAsync(server.AddressAt(old.Port, database)),
            StoreErrorKind.Unsupported,
            "the server is PostgreSQL 14, expected 15 or later. Upgrade the server.");

        var schemas = await server.QueryAsync(
            "SELECT count(*) FROM pg_namespace WHERE nspname = 'undercroft'", database, Cancel);
        Assert.Equal("0", schemas);
    }

    [Fact]
    public async Task A_replica_is_told_from_a_primary_and_serves_who_only_reads()
    {
        await using var primary = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var standby = await primary.StartStandbyAsync("second", isSynchronous: true, Cancel);

        AssertSaid(
            await RefusedAsync($"{standby.Address()}?retryFor=0s"),
            StoreErrorKind.ReadOnly,
            "read-only replica or forbids writing. Name the primary, or all hosts");

        var written = await WriteAsync($"{primary.Address()}?views=off");
        var place = await primary.QueryAsync("SELECT pg_current_wal_lsn()", cancellationToken: Cancel);
        var ask = $"SELECT pg_last_wal_replay_lsn() >= '{place}'";
        while (await standby.QueryAsync(ask, cancellationToken: Cancel) != "t")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }

        await using var reader = await OpenAsync($"{standby.Address()}?mode=ro&views=off");
        var read = (await reader.ReadAsync(new RecordKey("things", "a"), cancellationToken: Cancel))[0];
        Assert.Equal(written, read?.Revision);
    }

    [Fact]
    public async Task Tls_works_with_the_right_authority_and_names_what_does_not_fit()
    {
        await using var server = await PostgresServer.StartAsync(
            new PostgresServerOptions { RequiresTls = true }, Cancel);
        var right = Path.Combine(folder.FullName, "right.pem");
        var wrong = Path.Combine(folder.FullName, "wrong.pem");
        await File.WriteAllTextAsync(right, server.Authority!.AuthorityPem, Cancel);
        var broken = Path.Combine(folder.FullName, "broken.pem");
        await File.WriteAllTextAsync(broken, "no certificate", Cancel);
        await File.WriteAllTextAsync(wrong, TestCertificate.Create().AuthorityPem, Cancel);

        AssertSaid(
            await RefusedAsync($"{server.Address()}?sslmode=disable"),
            StoreErrorKind.Unavailable,
            "only with, or only without, TLS. Set sslmode");
        AssertSaid(
            await RefusedAsync($"{server.Address()}?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(wrong)}"),
            StoreErrorKind.Unavailable,
            "The server's certificate is not trusted. Give 'sslrootcert' the certificate of the authority");
        foreach (var file in new[] { Path.Combine(folder.FullName, "none.pem"), broken })
        {
            AssertSaid(
                await RefusedAsync($"{server.Address()}?sslmode=verify-ca&sslrootcert={Uri.EscapeDataString(file)}"),
                StoreErrorKind.Unavailable,
                "'sslrootcert' must name a PEM file");
        }

        _ = await WriteAsync(
            $"{server.Address()}?views=off&sslmode=verify-full&sslrootcert={Uri.EscapeDataString(right)}");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<Revision> WriteAsync(string address)
    {
        await using var store = await OpenAsync(address);
        var put = new PutOperation(new RecordKey("things", "a"), "{}"u8.ToArray());
        return (await store.CommitAsync(new Commit(put), Cancel)).Revision;
    }

    private static ValueTask<IStore> OpenAsync(string address) =>
        new StoreSchemes().AddPostgres().OpenAsync(address, null, Cancel);

    private static async Task<StoreException> RefusedAsync(string address) =>
        await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await using var store = await OpenAsync(address);
        });

    private static void AssertSaid(StoreException error, StoreErrorKind kind, string part)
    {
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
