using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Undercroft.Redis.Tests.Client;

/// <summary>Says what no Redis of today says: it stands for servers that are too old, strange or starting.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Hello =
        "%3\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Queue<string> answers;
    private readonly Task serving;

    /// <summary>Answers each piece that comes with the next of these; the last one goes on for ever.</summary>
    public FakeServer(params string[] answers)
    {
        this.answers = new Queue<string>(answers);
        listener.Start();
        serving = ServeAsync();
    }

    public string Address => $"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await serving;
        ending.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync(ending.Token);
                var buffer = new byte[4096];
                while (await client.ReceiveAsync(buffer, ending.Token) > 0)
                {
                    var answer = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
                    if (answer.Length == 0)
                    {
                        break;
                    }

                    _ = await client.SendAsync(Encoding.ASCII.GetBytes(answer), ending.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException
            or InvalidOperationException)
        {
            // The test has ended.
        }
    }
}
