using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Undercroft.Redis.Client;

/// <summary>
/// A socket that never blocks: who must wait, polls. An asynchronous call would hand the socket to the runtime's event
/// loop, which then wakes two more threads for each batch of replies.
/// </summary>
internal sealed class SocketTransport : RedisTransport
{
    private const int PollMicroseconds = 1_000_000;

    private readonly Socket socket;
    private readonly long spinTicks;
    private volatile bool isAborted;

    private SocketTransport(Socket socket, TimeSpan spin)
    {
        this.socket = socket;
        spinTicks = (long)(spin.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Whether bytes can be sent without waiting.</summary>
    public bool HasRoom => socket.Poll(0, SelectMode.SelectWrite);

    /// <summary>Connects; the caller's thread waits.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="spin">How long receiving stays awake before it sleeps.</param>
    /// <exception cref="SocketException">Nobody listens there, or not in time.</exception>
    public static SocketTransport Connect(IPEndPoint address, TimeSpan timeout, TimeSpan spin)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            Blocking = false,
        };
        try
        {
            try
            {
                socket.Connect(address);
            }
            catch (SocketException error)
                when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It is on its way.
            }

            if (!socket.Poll(timeout, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            var result = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return result == 0 ? new SocketTransport(socket, spin) : throw new SocketException(result);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int Receive(Span<byte> destination)
    {
        var begin = 0L;
        while (true)
        {
            var count = socket.Receive(destination, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return count;
            }

            if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            {
                throw new SocketException((int)error);
            }

            if (isAborted)
            {
                return 0;
            }

            begin = begin == 0 ? Stopwatch.GetTimestamp() : begin;
            if (Stopwatch.GetTimestamp() - begin >= spinTicks)
            {
                _ = socket.Poll(PollMicroseconds, SelectMode.SelectRead);
            }
        }
    }

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> source)
    {
        var sent = 0;
        while (sent < source.Length)
        {
            var count = socket.Send(source[sent..], SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                sent += count;
            }
            else if (error == SocketError.WouldBlock)
            {
                return sent;
            }
            else if (error != SocketError.Interrupted)
            {
                throw new SocketException((int)error);
            }
        }

        return sent;
    }

    /// <inheritdoc/>
    public override void AwaitRoom() => _ = socket.Poll(PollMicroseconds, SelectMode.SelectWrite);

    /// <inheritdoc/>
    public override void Abort()
    {
        isAborted = true;
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is down already.
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => socket.Dispose();
}
