using System.Globalization;

namespace Undercroft.Servers;

/// <summary>A Redis master with two replicas, and three sentinels that watch over them.</summary>
public sealed class RedisSentinels : IAsyncDisposable
{
    /// <summary>The name under which the sentinels know the master.</summary>
    public const string MasterName = "vault";

    private const int Replicas = 2;
    private const int Watchers = 3;

    private readonly List<RedisServer> servers = [];
    private readonly List<ServerHost> sentinels = [];

    private RedisSentinels()
    {
    }

    /// <summary>The servers: the first master first.</summary>
    public IReadOnlyList<RedisServer> Servers => servers;

    /// <summary>The ports of the sentinels.</summary>
    public IReadOnlyList<int> SentinelPorts => [.. sentinels.Select(static sentinel => sentinel.Port)];

    /// <summary>Starts all of them, and waits until the sentinels know each other and the replicas.</summary>
    /// <param name="options">How each server is set up.</param>
    /// <param name="downAfter">After how long a master that is silent counts as gone; the default is one second.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RedisSentinels> StartAsync(
        RedisServerOptions? options = null,
        TimeSpan? downAfter = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new RedisServerOptions();
        string[] shared =
        [
            .. options.Settings,
            "repl-diskless-sync-delay 0",
            .. options.Password is { } password ? [$"masterauth {password}"] : Array.Empty<string>(),
        ];
        var all = new RedisSentinels();
        try
        {
            var master = await RedisServer.StartAsync(options with { Settings = shared }, cancellationToken);
            all.servers.Add(master);
            for (var i = 0; i < Replicas; i++)
            {
                var replica = await RedisServer.StartAsync(
                    options with { Settings = [.. shared, $"replicaof {master.Host} {master.Port}"] },
                    cancellationToken);
                all.servers.Add(replica);
                await replica.UntilAsync(
                    "INFO replication",
                    static answer => answer.Contains("master_link_status:up", StringComparison.Ordinal),
                    cancellationToken);
            }

            for (var i = 0; i < Watchers; i++)
            {
                await all.StartSentinelAsync(
                    master, options.Password, downAfter ?? TimeSpan.FromSeconds(1), cancellationToken);
            }

            foreach (var sentinel in all.sentinels)
            {
                await all.UntilAllAreKnownAsync(sentinel, cancellationToken);
            }

            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master, as a sentinel sees it now.</summary>
    public async Task<RedisServer> MasterAsync(CancellationToken cancellationToken = default)
    {
        var answer = await AskAsync(
            sentinels[0], ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName], cancellationToken);
        var port = int.Parse(answer.Split('\n')[1], CultureInfo.InvariantCulture);
        return servers.Single(server => server.Port == port);
    }

    /// <summary>All that the sentinels have logged.</summary>
    public async Task<string> ReadLogAsync(CancellationToken cancellationToken = default) => string.Concat(
        await Task.WhenAll(sentinels.Select(sentinel => sentinel.ReadLogAsync(cancellationToken))));

    /// <summary>Ends all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in sentinels)
        {
            await sentinel.DisposeAsync();
        }

        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    private static Task<string> AskAsync(
        ServerHost sentinel, IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Tool.RunAsync(
            [
                ServerPrograms.Redis("redis-cli"), "-e", "-p",
                sentinel.Port.ToString(CultureInfo.InvariantCulture), .. command,
            ],
            cancellationToken: cancellationToken);

    private async Task StartSentinelAsync(
        RedisServer master, string? password, TimeSpan downAfter, CancellationToken cancellationToken)
    {
        var host = await ServerHost.CreateAsync("sentinel", "KILL", ServerUser.Choose("redis"), cancellationToken);
        sentinels.Add(host);
        await host.StartAsync(
            async token =>
            {
                string[] lines =
                [
                    $"port {host.Port}",
                    "bind 127.0.0.1",
                    $"dir {host.Folder.Path}",
                    $"sentinel monitor {MasterName} {master.Host} {master.Port} 2",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"sentinel down-after-milliseconds {MasterName} {downAfter.TotalMilliseconds:f0}"),
                    $"sentinel failover-timeout {MasterName} 10000",
                    .. password is null ? Array.Empty<string>() : [$"sentinel auth-pass {MasterName} {password}"],
                    "",
                ];
                await host.Folder.WriteAsync("sentinel.conf", string.Join('\n', lines), host.User, token);
                return [ServerPrograms.Redis("redis-server"), host.Folder.File("sentinel.conf"), "--sentinel"];
            },
            static said => said.Contains("+monitor", StringComparison.Ordinal),
            cancellationToken);
    }

    private Task UntilAllAreKnownAsync(ServerHost sentinel, CancellationToken cancellationToken) => sentinel.UntilAsync(
        "it knows the replicas and the other sentinels",
        async token =>
        {
            var lines = (await AskAsync(sentinel, ["SENTINEL", "MASTER", MasterName], token)).Split('\n');
            string After(string name) => lines[Array.IndexOf(lines, name) + 1];
            return (After("num-slaves"), After("num-other-sentinels")) == ($"{Replicas}", $"{Watchers - 1}");
        },
        cancellationToken);
}
