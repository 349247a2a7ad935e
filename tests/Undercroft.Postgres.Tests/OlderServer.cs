using System.Net;
using System.Net.Sockets;

namespace Undercroft.Postgres.Tests;

/// <summary>Stands before a real server and gives it out as PostgreSQL 14; all else passes as it is.</summary>
internal sealed class OlderServer : IAsyncDisposable
{
    private static readonly byte[] Version = "server_version\0"u8.ToArray();

    private readonly TcpListener listener;
    private readonly string host;
    private readonly int port;
    private readonly CancellationTokenSource ending = new();
    private readonly Task serving;

    private OlderServer(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public static OlderServer Start(string host, int port) => new(host, port);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await serving;
        listener.Dispose();
        ending.Dispose();
    }

    private async Task ServeAsync()
    {
        var all = new List<Task>();
        try
        {
            while (true)
            {
                all.Add(ConnectAsync(await listener.AcceptTcpClientAsync(ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(host, port, ending.Token);
                _ = await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), isAnswering: false),
                    PumpAsync(server.GetStream(), client.GetStream(), isAnswering: true));
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isAnswering)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, ending.Token) is var read and > 0)
            {
                // The server sends all its parameters at once, in one packet.
                if (isAnswering && buffer.AsSpan(0, read).IndexOf(Version) is var at and >= 0)
                {
                    "14"u8.CopyTo(buffer.AsSpan(at + Version.Length));
                }

                await to.WriteAsync(buffer.AsMemory(0, read), ending.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end has gone, so both do.
        }
    }
}
