using System.Net;
using System.Net.Sockets;
using System.Text;
using Undercroft.Servers;

namespace Undercroft.Servers.Tests;

/// <summary>Against a server that notes what it is told and answers <c>got …</c> to it.</summary>
public sealed class FaultProxyTests : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly StringBuilder heard = new();
    private readonly List<Task> serving = [];
    private readonly FaultProxy proxy;
    private readonly TcpClient client = new();

    public FaultProxyTests()
    {
        listener.Start();
        serving.Add(ServeAsync());
        proxy = FaultProxy.Start("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await proxy.DisposeAsync();
        listener.Dispose();
        await Task.WhenAll(serving);
    }

    [Fact]
    public async Task What_meets_no_fault_passes()
    {
        await ConnectAsync();

        Assert.Equal("got one", await SayAsync("one"));
        Assert.Equal("got two", await SayAsync("two"));
        Assert.Equal((1, 1), (proxy.Taken, proxy.Open));
    }

    [Theory]
    [InlineData(0, "one")]
    [InlineData(0.5, "onetw")]
    [InlineData(1, "onetwos!")]
    public async Task A_question_is_cut_off_where_the_test_says(double part, string arrived)
    {
        await ConnectAsync();
        var struck = proxy.Arm(new Fault(FaultKind.Cut, FaultSide.Asking) { When = "two", Part = part });

        Assert.Equal("got one", await SayAsync("one"));
        Assert.Null(await SayAsync("twos!"));

        await struck;
        Assert.Equal(arrived, Heard());
    }

    [Fact]
    public async Task An_answer_is_cut_off_when_the_server_has_acted()
    {
        await ConnectAsync();
        var struck = proxy.Arm(new Fault(FaultKind.Cut, FaultSide.Answering) { Skip = 1 });

        Assert.Equal("got one", await SayAsync("one"));
        Assert.Null(await SayAsync("two"));

        await struck;
        Assert.Equal("onetwo", Heard());
    }

    [Fact]
    public async Task A_frozen_connection_tells_nobody()
    {
        await ConnectAsync();
        var struck = proxy.Arm(new Fault(FaultKind.Freeze, FaultSide.Asking));
        var answer = SayAsync("one");
        await struck;

        Assert.False(answer.IsCompleted);
        Assert.Equal("", Heard());
        Assert.Equal(1, proxy.Open);

        proxy.CutAll();
        Assert.Null(await answer);
    }

    [Fact]
    public async Task What_is_delayed_arrives()
    {
        await ConnectAsync();
        var struck = proxy.Arm(new Fault(FaultKind.Delay, FaultSide.Answering)
        {
            Delay = TimeSpan.FromMilliseconds(50),
        });
        var begun = TimeProvider.System.GetTimestamp();

        Assert.Equal("got one", await SayAsync("one"));

        await struck;
        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(45));
    }

    [Fact]
    public async Task A_question_delivered_twice_is_heard_twice_and_never_answered()
    {
        await ConnectAsync();
        _ = proxy.Arm(new Fault(FaultKind.Twice, FaultSide.Asking));

        Assert.Null(await SayAsync("one"));

        Assert.Equal("oneone", Heard());
        var error = Assert.Throws<ArgumentException>(
            () => { _ = proxy.Arm(new Fault(FaultKind.Twice, FaultSide.Answering)); });
        Assert.StartsWith("Only questions are delivered twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_connections_are_refused_while_it_says_so()
    {
        proxy.Refuse(true);
        try
        {
            await ConnectAsync();
            Assert.Null(await SayAsync("one"));
        }
        catch (SocketException)
        {
            // The reset was faster than the connection.
        }

        proxy.Refuse(false);

        using var again = new TcpClient();
        await again.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancel);
        Assert.Equal("got one", await SayAsync("one", again));
    }

    private async Task ConnectAsync() => await client.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancel);

    // Null where the connection broke or ended.
    private async Task<string?> SayAsync(string text, TcpClient? through = null)
    {
        var socket = (through ?? client).Client;
        try
        {
            _ = await socket.SendAsync(Encoding.UTF8.GetBytes(text), Cancel);
            var buffer = new byte[100];
            var read = await socket.ReceiveAsync(buffer, Cancel);
            return read == 0 ? null : Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private string Heard()
    {
        lock (heard)
        {
            return heard.ToString();
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(Cancel);
                serving.Add(AnswerAsync(socket));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[100];
            try
            {
                while (await socket.ReceiveAsync(buffer, Cancel) is var read and > 0)
                {
                    var text = Encoding.UTF8.GetString(buffer, 0, read);
                    lock (heard)
                    {
                        _ = heard.Append(text);
                    }

                    _ = await socket.SendAsync(Encoding.UTF8.GetBytes($"got {text}"), Cancel);
                }
            }
            catch (SocketException)
            {
                // The proxy has cut it.
            }
        }
    }
}
