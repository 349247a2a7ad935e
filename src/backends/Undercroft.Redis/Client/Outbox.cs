using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Undercroft.Redis.Client;

/// <summary>
/// The sending half of a connection. What callers add while somebody sends goes out together with the next send, so
/// the number of system calls falls as the number of callers grows.
/// </summary>
internal sealed class Outbox(RedisTransport transport, long bytesMax)
{
    private const int BufferBytes = 16 * 1024;
    private const int KeptBytesMax = 256 * 1024;

    private readonly Lock gate = new();
    private readonly ConcurrentQueue<RedisCommand> unanswered = new();
    private byte[] filling = new byte[BufferBytes];
    private byte[] sending = [];
    private int filled;
    private int toSend;
    private int sent;
    private long added;
    private long handedOver;
    private int isFlushing;
    private bool isClosed;

    /// <summary>Whether bytes wait to be sent.</summary>
    public bool IsPending => Volatile.Read(ref filled) > 0 || Volatile.Read(ref isFlushing) != 0;

    /// <summary>Puts a command behind the others; it goes out with the next flush.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isAsking">Whether ASKING goes before it.</param>
    /// <param name="now">The time on the client's clock.</param>
    /// <returns>False where the connection takes no more.</returns>
    public bool TryAdd(RedisCommand command, bool isAsking, long now)
    {
        var asking = isAsking ? "*1\r\n$6\r\nASKING\r\n"u8 : default;
        var bytes = command.Bytes;
        lock (gate)
        {
            var length = asking.Length + bytes.Length;
            if (isClosed || (filled > 0 && filled + (long)length > bytesMax))
            {
                return false;
            }

            Reserve(length);
            asking.CopyTo(filling.AsSpan(filled));
            bytes.CopyTo(filling.AsSpan(filled + asking.Length));
            Volatile.Write(ref filled, filled + length);
            command.RepliesToSkip = isAsking ? 1 : 0;
            command.Offset = added;
            command.SentAt = now;
            added += length;
            unanswered.Enqueue(command);
            return true;
        }
    }

    /// <summary>The command whose reply is next; null where none is waited for.</summary>
    public RedisCommand? Head => unanswered.TryPeek(out var command) ? command : null;

    /// <summary>Takes the command off whose replies have all come.</summary>
    public void RemoveHead() => _ = unanswered.TryDequeue(out _);

    /// <summary>Sends what was added, unless somebody else does so already, who then sends this too. It never waits
    /// for the other side: where that does not read, a thread of the pool goes on.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public void Flush()
    {
        while (Volatile.Read(ref filled) > 0 && Interlocked.CompareExchange(ref isFlushing, 1, 0) == 0)
        {
            if (!SendAll())
            {
                // Still flushing, elsewhere.
                _ = ThreadPool.UnsafeQueueUserWorkItem(static box => box.FlushPatiently(), this, preferLocal: false);
                return;
            }

            EndFlush();
        }
    }

    /// <summary>Takes no more, and hands back what was not answered.</summary>
    /// <returns>The commands, and from which offset on they were never sent.</returns>
    public (List<RedisCommand> Commands, long HandedOver) Close()
    {
        var commands = new List<RedisCommand>();
        long sentMax;
        lock (gate)
        {
            isClosed = true;
            Volatile.Write(ref filled, 0);
            sentMax = handedOver;
        }

        while (unanswered.TryDequeue(out var command))
        {
            commands.Add(command);
        }

        return (commands, sentMax);
    }

    private void FlushPatiently()
    {
        try
        {
            do
            {
                transport.AwaitRoom();
            }
            while (!SendAll());
            EndFlush();
            Flush();
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The reading side sees the same and ends the connection.
            transport.Abort();
        }
    }

    // What was added by somebody who found this flush under way must be seen by the look that follows: the end of the
    // flush has to be visible before that look, for which a write that is only volatile is not enough.
    private void EndFlush() => _ = Interlocked.Exchange(ref isFlushing, 0);

    private bool SendAll()
    {
        while (true)
        {
            if (sent == toSend && !TakeFilled())
            {
                return true;
            }

            sent += transport.Send(sending.AsSpan(sent, toSend - sent));
            if (sent < toSend)
            {
                return false;
            }
        }
    }

    private bool TakeFilled()
    {
        lock (gate)
        {
            if (isClosed || filled == 0)
            {
                return false;
            }

            // From here on the bytes may be at the server, whatever comes of sending them.
            handedOver += filled;
            (sending, filling) = (filling, sending.Length is > 0 and <= KeptBytesMax ? sending : new byte[BufferBytes]);
            (toSend, sent) = (filled, 0);
            Volatile.Write(ref filled, 0);
            return true;
        }
    }

    private void Reserve(int bytes)
    {
        if (filling.Length - filled < bytes)
        {
            Array.Resize(ref filling, Math.Max(checked(filled + bytes), 2 * filling.Length));
        }
    }
}
