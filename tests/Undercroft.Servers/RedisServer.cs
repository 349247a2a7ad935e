using System.Globalization;

namespace Undercroft.Servers;

/// <summary>A Redis server of a test's own: in a temporary folder, on a free port, by a user who is not root, and gone
/// with the test.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly ServerHost? host;
    private readonly RedisServerOptions options;
    private readonly string? address;
    private PortLease? bus;

    private RedisServer(ServerHost host, RedisServerOptions options, TestCertificate? authority)
    {
        this.host = host;
        this.options = options;
        Authority = authority;
    }

    private RedisServer(string address)
    {
        this.address = address;
        options = new RedisServerOptions();
    }

    /// <summary>The address it listens on.</summary>
    public string Host => address is null ? "127.0.0.1" : new Uri(address).Host;

    /// <summary>The port it listens on.</summary>
    public int Port => address is null ? Own.Port : new Uri(address).Port is > 0 and var port ? port : 6379;

    /// <summary>The port on which the nodes of a cluster talk to each other.</summary>
    public int BusPort => bus!.Port;

    /// <summary>Whether its process runs.</summary>
    public bool IsRunning => Own.IsRunning;

    /// <summary>The process id.</summary>
    public int ProcessId => Own.ProcessId;

    /// <summary>Whether it is somebody's own server, which tests neither stop nor kill.</summary>
    public bool IsExternal => host is null;

    /// <summary>Who has signed its certificate; null where it speaks no TLS.</summary>
    public TestCertificate? Authority { get; }

    /// <summary>The file that holds <see cref="Authority"/>'s certificate.</summary>
    public string AuthorityFile => Own.Folder.File("ca.crt");

    private ServerHost Own => host ?? throw new ServerException(
        "The server is the one that UNDERCROFT_REDIS names; tests that stop, kill or reach into a server need one they "
        + "have started: call RedisServer.StartAsync.");

    /// <summary>Makes a server and starts it.</summary>
    /// <exception cref="ServerException">Redis is not installed, or did not start.</exception>
    public static async Task<RedisServer> StartAsync(
        RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RedisServerOptions();
        _ = ServerPrograms.Redis("redis-server");
        var host = await ServerHost.CreateAsync("redis", "KILL", ServerUser.Choose("redis"), cancellationToken);
        var server = new RedisServer(host, options, options.UsesTls ? TestCertificate.Create() : null);
        try
        {
            await server.WriteCertificateAsync(cancellationToken);
            await host.StartAsync(server.ConfigureAsync, IsReady, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Uses a server that somebody else runs.</summary>
    /// <param name="address">Its address, as <c>redis://user:password@host:port</c>.</param>
    public static RedisServer Existing(string address) => new(address);

    /// <summary>The address for clients, with the default user's password where it has one.</summary>
    public string Address => address ?? AddressAt(Port);

    /// <summary>The address for clients that reach it through another port: a proxy's.</summary>
    public string AddressAt(int port) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(options.UsesTls ? "rediss" : "redis")}://{Credentials()}{Host}:{port}");

    /// <summary>Sends one command with <c>redis-cli</c>, as the default user, and gives the answer as it prints it.
    /// </summary>
    /// <exception cref="ServerException">The server refuses, in its own words, or does not answer.</exception>
    public async Task<string> AskAsync(
        IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        string[] target = address is { } uri
            ? ["-u", uri]
            : ["-h", Host, "-p", Port.ToString(CultureInfo.InvariantCulture)];
        string[] tls = options.UsesTls ? ["--tls", "--cacert", AuthorityFile] : [];
        var environment = options.Password is { } password
            ? new Dictionary<string, string> { ["REDISCLI_AUTH"] = password }
            : null;
        var output = await Tool.RunAsync(
            [ServerPrograms.Redis("redis-cli"), "-e", "--no-auth-warning", .. target, .. tls, .. command],
            environment,
            cancellationToken: cancellationToken);
        return output.TrimEnd('\n');
    }

    /// <summary>Sends one command without spaces in its words.</summary>
    public Task<string> AskAsync(string command, CancellationToken cancellationToken = default) =>
        AskAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellationToken);

    /// <summary>Ends it as an administrator does; what it holds is written first where it keeps a file.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => Own.EndAsync("TERM", cancellationToken);

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => Own.EndAsync("KILL", cancellationToken);

    /// <summary>Halts it: connections stay and nothing is answered, until <see cref="ResumeAsync"/>.</summary>
    public Task HaltAsync(CancellationToken cancellationToken = default) => Own.SignalAsync("STOP", cancellationToken);

    /// <summary>Lets a halted server go on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        Own.SignalAsync("CONT", cancellationToken);

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

    /// <summary>Waits until what it answers to a command is as wanted.</summary>
    public Task UntilAsync(string command, Func<string, bool> isSo, CancellationToken cancellationToken = default) =>
        Own.UntilAsync(
            command,
            async token =>
            {
                try
                {
                    return isSo(await AskAsync(command, token));
                }
                catch (ServerException)
                {
                    // It refuses now; it may answer later.
                    return false;
                }
            },
            cancellationToken);

    /// <summary>Ends it and removes all it has kept; an external one is left alone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        bus?.Dispose();
    }

    private static bool IsReady(string said) =>
        said.Contains("Ready to accept connections", StringComparison.Ordinal);

    private string Credentials() => options.Password is { } password ? $":{Uri.EscapeDataString(password)}@" : "";

    private IReadOnlyList<string> Command() => [ServerPrograms.Redis("redis-server"), Own.Folder.File("redis.conf")];

    private async Task WriteCertificateAsync(CancellationToken cancellationToken)
    {
        if (Authority is { } authority)
        {
            await Own.Folder.WriteAsync("ca.crt", authority.AuthorityPem, Own.User, cancellationToken);
            await Own.Folder.WriteAsync("server.crt", authority.ServerPem, Own.User, cancellationToken);
            await Own.Folder.WriteAsync("server.key", authority.KeyPem, Own.User, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> ConfigureAsync(CancellationToken cancellationToken)
    {
        // Its own too: the usual one, 10,000 above, may be anybody's.
        bus?.Dispose();
        bus = PortLease.Take();
        string[] tls =
        [
            "port 0", $"tls-port {Port}", $"tls-cert-file {Own.Folder.File("server.crt")}",
            $"tls-key-file {Own.Folder.File("server.key")}", $"tls-ca-cert-file {AuthorityFile}",
            "tls-auth-clients no",
        ];
        string[] lines =
        [
            "bind 127.0.0.1",
            .. options.UsesTls ? tls : [$"port {Port}"],
            $"cluster-port {bus.Port}",
            $"dir {Own.Folder.Path}",
            "save \"\"",
            $"appendonly {(options.AppendOnly ? "yes" : "no")}",
            $"appendfsync {options.AppendSync}",
            "maxmemory-policy noeviction",
            "enable-debug-command local",
            .. options.Password is { } password ? [$"requirepass {password}"] : Array.Empty<string>(),
            .. options.Users.Select(static user => $"user {user}"),
            .. options.Settings,
            "",
        ];
        await Own.Folder.WriteAsync("redis.conf", string.Join('\n', lines), Own.User, cancellationToken);
        return Command();
    }
}
