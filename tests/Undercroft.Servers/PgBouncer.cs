using System.Globalization;

namespace Undercroft.Servers;

/// <summary>A PgBouncer in front of a <see cref="PostgresServer"/>, pooling by transaction: no state of a session
/// outlives one.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly ServerHost host;
    private readonly PostgresServer server;

    private PgBouncer(ServerHost host, PostgresServer server)
    {
        this.host = host;
        this.server = server;
    }

    /// <summary>The port it listens on.</summary>
    public int Port => host.Port;

    /// <summary>Starts one.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="poolSize">How many connections to the server it has for each database.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">PgBouncer is not installed, or did not start.</exception>
    public static async Task<PgBouncer> StartAsync(
        PostgresServer server, int poolSize = 4, CancellationToken cancellationToken = default)
    {
        var program = ServerPrograms.PgBouncer();
        var host = await ServerHost.CreateAsync("pgbouncer", "KILL", ServerUser.Choose("postgres"), cancellationToken);
        try
        {
            var bouncer = new PgBouncer(host, server);
            await host.StartAsync(
                token => bouncer.ConfigureAsync(program, poolSize, token),
                static said => said.Contains("process up", StringComparison.Ordinal),
                cancellationToken);
            return bouncer;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address of a database, through the pooler.</summary>
    public string Address(string database) => server.AddressAt(Port, database);

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<IReadOnlyList<string>> ConfigureAsync(
        string program, int poolSize, CancellationToken cancellationToken)
    {
        await host.Folder.WriteAsync(
            "users.txt", $"\"{server.User}\" \"{server.Password}\"\n", host.User, cancellationToken);
        await host.Folder.WriteAsync(
            "pgbouncer.ini",
            string.Create(CultureInfo.InvariantCulture, $"""
                [databases]
                * = host={server.Host} port={server.Port}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {Port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {host.Folder.File("users.txt")}
                pool_mode = transaction
                default_pool_size = {poolSize}
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                server_login_retry = 1

                """),
            host.User,
            cancellationToken);
        return [program, host.Folder.File("pgbouncer.ini")];
    }
}
