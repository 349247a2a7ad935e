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

    // What a wait counts for among the others, and at most, in times of how long it may stay awake.
    private const int Weight = 8;
    private const int LongestCounted = 4;

    private readonly Socket socket;
    private readonly long spinTicks;
    private volatile bool isAborted;
    private long usualTicks;

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
    /// <param name="spin">How long receiving stays awake before it sleeps, where that pays.</param>
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
        if (TryReceive(destination, out var count))
        {
            return count;
        }

        var begin = Stopwatch.GetTimestamp();
        if (usualTicks > spinTicks || !StayAwake(destination, begin, out count))
        {
            while (!TryReceive(destination, out count) && !isAborted)
            {
                _ = socket.Poll(PollMicroseconds, SelectMode.SelectRead);
            }
        }

        var waited = Math.Min(Stopwatch.GetTimestamp() - begin, LongestCounted * spinTicks);
        usualTicks += (waited - usualTicks) / Weight;
        return count;
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

    private bool TryReceive(Span<byte> destination, out int count)
    {
        count = socket.Receive(destination, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => true,
            SocketError.WouldBlock or SocketError.Interrupted => false,
            _ => throw new SocketException((int)error),
        };
    }

    // Waking up takes longer than a near server does for its answer. Where it is further away, or has nothing to say,
    // waits are long, and staying awake would be for nothing.
    private bool StayAwake(Span<byte> destination, long begin, out int count)
    {
        count = 0;
        while (!isAborted && Stopwatch.GetTimestamp() - begin < spinTicks)
        {
            if (TryReceive(destination, out count))
            {
                return true;
            }
        }

        return false;
    }
}
