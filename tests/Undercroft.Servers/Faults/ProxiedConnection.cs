using System.Net;
using System.Net.Sockets;

namespace Undercroft.Servers;

/// <summary>One client's connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxiedConnection
{
    private readonly FaultProxy proxy;
    private readonly Socket client;
    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isFrozen;
    private volatile bool losesAnswers;
    private int cuts;

    public ProxiedConnection(FaultProxy proxy, Socket client, EndPoint address)
    {
        this.proxy = proxy;
        this.client = client;

        // Begins on another thread: the caller holds a lock.
        Ended = Task.Run(() => RunAsync(address));
    }

    public Task Ended { get; }

    /// <summary>The fault whose <see cref="Fault.After"/> has passed here; the proxy's lock guards it.</summary>
    public Fault? Opened { get; set; }

    /// <summary>Resets both connections.</summary>
    public void Cut()
    {
        if (Interlocked.Exchange(ref cuts, 1) == 1)
        {
            return;
        }

        _ = cut.TrySetResult();

        // A linger of nothing sends a reset, as a broken machine's successor does.
        Reset(client);
        Reset(server);
    }

    private async Task RunAsync(EndPoint address)
    {
        try
        {
            client.NoDelay = true;
            server.NoDelay = true;
            await server.ConnectAsync(address);
            await Task.WhenAll(
                PumpAsync(client, server, FaultSide.Asking), PumpAsync(server, client, FaultSide.Answering));
        }
        catch (SocketException)
        {
            // No server, or one that went: the client is cut off below.
        }
        finally
        {
            Cut();
            proxy.Forget(this);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, FaultSide side)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                await PassAsync(buffer.AsMemory(0, read), to, side);
                if (isFrozen)
                {
                    // Neither end is told, and what they send lies in the buffers of the system.
                    await cut.Task;
                    return;
                }
            }

            if (losesAnswers)
            {
                Cut();
            }
            else
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One end broke: so does the other.
            Cut();
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> piece, Socket to, FaultSide side)
    {
        if (isFrozen || (losesAnswers && side == FaultSide.Answering))
        {
            return;
        }

        if (proxy.Strike(this, side, piece.Span) is not { } fault)
        {
            await SendAsync(to, piece);
            return;
        }

        switch (fault.Kind)
        {
            case FaultKind.Cut:
                // Before the piece arrives: nothing that it brings about gets back.
                losesAnswers = true;
                await SendAsync(to, PartOf(piece, fault));
                await DrainAsync(to, side);
                Cut();
                break;
            case FaultKind.Freeze:
                isFrozen = true;
                await SendAsync(to, PartOf(piece, fault));
                break;
            case FaultKind.Delay:
                await Task.WhenAny(cut.Task, Task.Delay(fault.Delay, TimeProvider.System));
                await SendAsync(to, piece);
                break;
            default:
                losesAnswers = true;
                await SendAsync(to, piece);
                await SendAsync(to, piece);

                // It reads both, answers both, and closes; then the other direction cuts the client off.
                to.Shutdown(SocketShutdown.Send);
                break;
        }
    }

    // A reset makes the other end throw away what it has not read yet. What was to arrive before the cut is followed by
    // an orderly end to the server, so that it does act on it; to the client nothing is owed.
    private async Task DrainAsync(Socket to, FaultSide side)
    {
        if (side == FaultSide.Asking)
        {
            to.Shutdown(SocketShutdown.Send);

            // The answers end when the server has read all and closed; the other direction reads them.
            await Task.WhenAny(cut.Task, Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System));
        }
    }

    private static ReadOnlyMemory<byte> PartOf(ReadOnlyMemory<byte> piece, Fault fault) =>
        piece[..(int)(piece.Length * fault.Part)];

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // The other end was faster.
        }

        socket.Dispose();
    }
}
