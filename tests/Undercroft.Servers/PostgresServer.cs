using System.Globalization;

namespace Undercroft.Servers;

/// <summary>A PostgreSQL server of a test's own: made in a temporary folder, on a free port, by a user who is not root,
/// and gone with the test.</summary>
/// <remarks>Its default collation is a linguistic one (ICU, <c>en-US</c>) on purpose: what forgets
/// <c>COLLATE "C"</c> fails. TCP clients give <see cref="User"/> and <see cref="Password"/> (SCRAM).</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Kind = "postgres";

    private readonly ServerHost? host;
    private readonly PostgresServerOptions options;
    private readonly string? address;
    private bool isStandby;

    private PostgresServer(ServerHost host, PostgresServerOptions options, TestCertificate? authority)
    {
        this.host = host;
        this.options = options;
        Authority = authority;
    }

    private PostgresServer(string address)
    {
        this.address = address;
        options = new PostgresServerOptions();
    }

    /// <summary>The superuser.</summary>
    public string User => "undercroft";

    /// <summary>The superuser's password: signs in it are part of the test, since they must be escaped in an address.
    /// </summary>
    public string Password => "vault/keeper@1";

    /// <summary>The address it listens on.</summary>
    public string Host => "127.0.0.1";

    /// <summary>The port it listens on.</summary>
    public int Port => Own.Port;

    /// <summary>The folder of its Unix socket, where nobody is asked for a password.</summary>
    public string SocketFolder => Own.Folder.Path;

    /// <summary>The process id of the postmaster.</summary>
    public int ProcessId => Own.ProcessId;

    /// <summary>Whether it is somebody's own server, which tests neither stop nor kill.</summary>
    public bool IsExternal => host is null;

    /// <summary>Who has signed its certificate; null where it speaks no TLS.</summary>
    public TestCertificate? Authority { get; }

    private ServerHost Own => host ?? throw new ServerException(
        "The server is the one that UNDERCROFT_POSTGRES names; tests that stop, kill or reach into a server need one "
        + "they have started: call PostgresServer.StartAsync.");

    private string Data => Own.Folder.File("data");

    /// <summary>Makes a server and starts it.</summary>
    /// <exception cref="ServerException">PostgreSQL is not installed, or did not start.</exception>
    public static async Task<PostgresServer> StartAsync(
        PostgresServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PostgresServerOptions();
        var initdb = ServerPrograms.Postgres("initdb");
        var host = await ServerHost.CreateAsync(Kind, "QUIT", ServerUser.Choose("postgres"), cancellationToken);
        try
        {
            var server = new PostgresServer(host, options, options.RequiresTls ? TestCertificate.Create() : null);
            await host.Folder.WriteAsync("password", server.Password, host.User, cancellationToken);
            _ = await Tool.RunAsync(
                host.User.Command(
                    initdb, "--pgdata", server.Data, "--username", server.User,
                    "--pwfile", host.Folder.File("password"), "--auth-local=trust", "--auth-host=scram-sha-256",
                    "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync"),
                cancellationToken: cancellationToken);
            await server.WriteCertificateAsync(cancellationToken);
            await host.StartAsync(server.ConfigureAsync, server.IsReady, cancellationToken);
            return server;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Uses a server that somebody else runs.</summary>
    /// <param name="address">Its address with a user who may create databases, as
    /// <c>postgres://user:password@host:port/database</c>.</param>
    public static PostgresServer Existing(string address) => new(address);

    /// <summary>The address of a database on it, for clients.</summary>
    public string Address(string database = "postgres") => address is { } other
        ? new UriBuilder(other) { Path = database }.Uri.AbsoluteUri
        : AddressAt(Port, database);

    /// <summary>The address of a database on it, reached through another port: a proxy's, or a pooler's.</summary>
    public string AddressAt(int port, string database) => string.Create(
        CultureInfo.InvariantCulture,
        $"postgres://{User}:{Uri.EscapeDataString(Password)}@{Host}:{port}/{database}");

    /// <summary>The same for Npgsql: with this server alone, or with others of which one is the primary.</summary>
    public string ConnectionString(string database, params IReadOnlyList<int> ports)
    {
        if (address is { } other)
        {
            var uri = new Uri(other);
            var who = uri.UserInfo.Split(':').Select(Uri.UnescapeDataString).Append("").ToArray();
            var port = uri.Port > 0 ? uri.Port : 5432;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Host={uri.Host};Port={port};Username={who[0]};Password=\"{who[1]}\";Database={database}");
        }

        var hosts = string.Join(
            ',',
            ports.DefaultIfEmpty(Port).Select(port => string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}")));
        return $"Host={hosts};Username={User};Password=\"{Password}\";Database={database}";
    }

    /// <summary>Makes an empty database and gives its name.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = $"test_{Guid.NewGuid():n}";
        _ = await QueryAsync($"CREATE DATABASE {name}", cancellationToken: cancellationToken);
        return name;
    }

    /// <summary>Runs statements as the superuser and gives the rows, one on a line, fields apart by <c>|</c>.</summary>
    /// <exception cref="ServerException">The server refuses, in its own words, or does not answer.</exception>
    public async Task<string> QueryAsync(
        string sql, string database = "postgres", CancellationToken cancellationToken = default)
    {
        string[] target = host is null
            ? ["--dbname", Address(database)]
            : [
                "--host", SocketFolder, "--port", Port.ToString(CultureInfo.InvariantCulture), "--username", User,
                "--dbname", database,
            ];
        var output = await Tool.RunAsync(
            [
                ServerPrograms.Postgres("psql"), "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
                "--set", "ON_ERROR_STOP=1", .. target,
            ],
            input: sql,
            cancellationToken: cancellationToken);
        return output.TrimEnd('\n');
    }

    /// <summary>Makes a second server that follows this one, and starts it.</summary>
    /// <param name="name">Its name, under which the primary knows it.</param>
    /// <param name="isSynchronous">Whether the primary's commits wait for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PostgresServer> StartStandbyAsync(
        string name, bool isSynchronous, CancellationToken cancellationToken = default)
    {
        var standby = await ServerHost.CreateAsync(Kind, "QUIT", ServerUser.Choose("postgres"), cancellationToken);
        try
        {
            var server = new PostgresServer(standby, options, Authority) { isStandby = true };
            _ = await Tool.RunAsync(
                standby.User.Command(
                    ServerPrograms.Postgres("pg_basebackup"), "--pgdata", server.Data, "--write-recovery-conf",
                    "--wal-method=stream", "--checkpoint=fast", "--no-sync", "--create-slot", "--slot", name,
                    "--dbname", $"host={SocketFolder} port={Port} user={User} application_name={name}"),
                cancellationToken: cancellationToken);
            await standby.StartAsync(server.ConfigureAsync, server.IsReady, cancellationToken);
            if (isSynchronous)
            {
                // Two statements: neither may run in a transaction with another.
                _ = await QueryAsync(
                    $"ALTER SYSTEM SET synchronous_standby_names = '{name}';\nSELECT pg_reload_conf();",
                    cancellationToken: cancellationToken);
            }

            var wanted = isSynchronous ? "streaming|sync" : "streaming|async";
            await standby.UntilAsync(
                $"the primary sees it as {wanted}",
                async token => wanted == await QueryAsync(
                    $"SELECT state, sync_state FROM pg_stat_replication WHERE application_name = '{name}'",
                    cancellationToken: token),
                cancellationToken);
            return server;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby the primary, and waits until it takes writes.</summary>
    public async Task PromoteAsync(CancellationToken cancellationToken = default)
    {
        var done = await QueryAsync("SELECT pg_promote(true, 100)", cancellationToken: cancellationToken);
        if (done != "t")
        {
            throw new ServerException($"The standby on port {Port} was not promoted within 100 s.");
        }

        isStandby = false;
    }

    /// <summary>Ends it as an administrator does: connections are closed, work is rolled back.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => Own.EndAsync("INT", cancellationToken);

    /// <summary>Kills the postmaster as <c>kill -9</c> does; its children notice and end.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => Own.EndAsync("KILL", cancellationToken);

    /// <summary>Starts it again where it was.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        Own.StartAgainAsync(Command(), IsReady, cancellationToken);

    /// <summary>Stops it and starts it again.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        await StartAgainAsync(cancellationToken);
    }

    /// <summary>All that it has logged.</summary>
    public Task<string> ReadLogAsync(CancellationToken cancellationToken = default) =>
        Own.ReadLogAsync(cancellationToken);

    /// <summary>Ends it and removes all it has kept; an external one is left alone.</summary>
    public ValueTask DisposeAsync() => host?.DisposeAsync() ?? default;

    // Of a server that was promoted the first line is no more true; either stands for a server that takes connections.
    private bool IsReady(string said) =>
        (isStandby && said.Contains("ready to accept read-only connections", StringComparison.Ordinal))
        || said.Contains("ready to accept connections", StringComparison.Ordinal);

    private IReadOnlyList<string> Command() =>
        [ServerPrograms.Postgres("postgres"), "-D", Data];

    private async Task WriteCertificateAsync(CancellationToken cancellationToken)
    {
        if (Authority is { } authority)
        {
            await Own.Folder.WriteAsync("server.crt", authority.ServerPem, Own.User, cancellationToken);
            await Own.Folder.WriteAsync("server.key", authority.KeyPem, Own.User, cancellationToken);
            var rules = Path.Combine(Data, "pg_hba.conf");
            var lines = await File.ReadAllTextAsync(rules, cancellationToken);
            await File.WriteAllTextAsync(
                rules, lines.Replace("\nhost ", "\nhostssl ", StringComparison.Ordinal), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> ConfigureAsync(CancellationToken cancellationToken)
    {
        string[] lines =
        [
            $"listen_addresses = '{Host}'",
            $"port = {Port}",
            $"unix_socket_directories = '{SocketFolder}'",
            $"max_connections = {options.ConnectionsMax}",
            $"fsync = {(options.SyncsToDisk ? "on" : "off")}",
            $"shared_preload_libraries = '{string.Join(',', options.Preload)}'",
            "shared_buffers = 32MB",
            "hot_standby = on",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "lc_messages = 'C'",
            "log_line_prefix = '%m [%p] '",
            .. options.RequiresTls
                ? new[]
                {
                    "ssl = on",
                    $"ssl_cert_file = '{Own.Folder.File("server.crt")}'",
                    $"ssl_key_file = '{Own.Folder.File("server.key")}'",
                }
                : [],
            .. options.Settings,
        ];

        // Appended: the last line of a name counts, so each try for a port stands over the one before.
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), lines, cancellationToken);
        return Command();
    }
}
