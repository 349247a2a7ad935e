using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Undercroft.Redis.Client;

/// <summary>
/// One connection. A thread of its own reads: it takes all replies that have come, lets the callers go on one after
/// another, and then sends what they have asked for meanwhile, all at once.
/// </summary>
/// <remarks>
/// Callers go on within that thread, since waking another one costs more than the rest of a command. One that blocks
/// there would stop the connection; <see cref="Tick"/> notices, has another thread read on, and lets callers go on in
/// the thread pool for a while.
/// </remarks>
internal sealed class RedisConnection : IDisposable
{
    // For so many looks in a row a caller may block the reading thread, or keep it busy.
    private const int BlockedTicksMax = 2;
    private const int BusyTicksMax = 40;

    private static readonly TimeSpan Distrust = TimeSpan.FromSeconds(30);

    private readonly RedisClientOptions options;
    private readonly IConnectionOwner owner;
    private readonly CommandPool pool;
    private readonly Inbox inbox;
    private readonly ValueTaker take;
    private readonly ConcurrentQueue<RedisCommand> answered = new();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock roleGate = new();
    private RedisTransport? transport;
    private Outbox? outbox;
    private Exception? failure;
    private int role;
    private int tellingThread;
    private long told;
    private long toldAtTick;
    private int ticksHeld;
    private Thread? reader;
    private long heardAt;
    private long distrustUntil;

    /// <summary>Prepares a connection; <see cref="Start"/> makes it.</summary>
    public RedisConnection(
        RedisEndpoint endpoint, RedisClientOptions options, CommandPool pool, IConnectionOwner owner)
    {
        (Endpoint, this.options, this.pool, this.owner) = (endpoint, options, pool, owner);
        inbox = new Inbox(options.ReplyBytesMax);
        take = Take;
        heardAt = options.Clock.GetTimestamp();
    }

    /// <summary>Where it leads.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>What the server told about itself; known once it was greeted.</summary>
    public RedisServerInfo Server { get; set; } = RedisServerInfo.Unknown;

    /// <summary>Whether somebody listens there, whatever was said since.</summary>
    public bool IsTaken => Volatile.Read(ref transport) is not null;

    /// <summary>Ends when bytes can flow; fails where they never will.</summary>
    public Task Connected => connected.Task;

    /// <summary>Ends when the connection has.</summary>
    public Task Closed => closed.Task;

    /// <summary>Why it ended; null while it lives.</summary>
    public Exception? Failure => Volatile.Read(ref failure);

    /// <summary>When the server was last heard, on the client's clock.</summary>
    public long HeardAt => Volatile.Read(ref heardAt);

    /// <summary>Connects and reads, in a thread of its own.</summary>
    /// <param name="addresses">The endpoint's addresses, tried in turn.</param>
    public void Start(IPAddress[] addresses) => StartThread(() => Run(addresses));

    /// <summary>Sends a command; its reply goes to who waits for it.</summary>
    /// <returns>False where the connection takes no more; the command is the caller's again.</returns>
    public bool TrySend(RedisCommand command, bool isAsking = false)
    {
        var box = Volatile.Read(ref outbox);
        if (box is null || Failure is not null || !box.TryAdd(command, isAsking, options.Clock.GetTimestamp()))
        {
            return false;
        }

        // The reading thread sends when it has told everybody.
        if (Volatile.Read(ref tellingThread) != Environment.CurrentManagedThreadId)
        {
            Flush();
        }

        return true;
    }

    /// <summary>Looks after the connection, now and then: is a caller blocking it, has the server fallen silent?
    /// </summary>
    /// <returns>Whether something is under way.</returns>
    public bool Tick()
    {
        var box = Volatile.Read(ref outbox);
        if (box is null)
        {
            return true;
        }

        RelieveReader();
        var now = options.Clock.GetTimestamp();
        var silence = options.Clock.GetElapsedTime(HeardAt, now);
        if (box.Head is not { } head)
        {
            if (silence >= options.PingInterval)
            {
                var ping = pool.Create("PING"u8).Repeatable();
                ping.Seal(CancellationToken.None);
                _ = TrySend(ping);
            }

            return Failure is not null && !closed.Task.IsCompleted;
        }

        var waited = options.Clock.GetElapsedTime(head.SentAt, now);
        if (silence > options.CommandTimeout + head.Patience && waited > options.CommandTimeout + head.Patience)
        {
            Close(new RedisException(
                RedisFailure.Unavailable,
                $"The Redis server {Endpoint} has not answered for {silence.TotalSeconds:0.#} s; it hangs, or the " +
                "network does. Check the server, or raise the command timeout."));
        }

        return true;
    }

    /// <summary>Ends the connection; what is unanswered goes to the owner.</summary>
    /// <param name="reason">Why.</param>
    public void Close(Exception reason)
    {
        _ = Interlocked.CompareExchange(ref failure, reason, null);
        Volatile.Read(ref transport)?.Abort();
    }

    /// <inheritdoc/>
    public void Dispose() =>
        Close(new RedisException(RedisFailure.Disposed, $"The client of Redis {Endpoint} was disposed."));

    private void Flush()
    {
        try
        {
            outbox!.Flush();
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            Close(error);
        }
    }

    private void StartThread(Action body)
    {
        reader = new Thread(() => body()) { IsBackground = true, Name = $"redis {Endpoint}" };
        reader.Start();
    }

    private void Run(IPAddress[] addresses)
    {
        try
        {
            var opened = TransportOpening.Open(addresses, Endpoint, options, Begin);
            Volatile.Write(ref heardAt, options.Clock.GetTimestamp());
            Volatile.Write(ref outbox, new Outbox(opened, options.QueueBytesMax));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // On a thread of its own nobody else would catch it.
            _ = Interlocked.CompareExchange(ref failure, error, null);
            _ = connected.TrySetException(Failure!);
            closed.SetResult();
            return;
        }

        _ = connected.TrySetResult();
        ReadOn(role);
    }

    // Whoever closes the connection sees the transport, or this sees that it was closed.
    private void Begin(RedisTransport opening)
    {
        _ = Interlocked.Exchange(ref transport, opening);
        if (Failure is not null)
        {
            opening.Abort();
        }
    }

    private void ReadOn(int mine)
    {
        try
        {
            while (Tell(mine))
            {
                Flush();
                var count = Failure is null ? transport!.Receive(inbox.Room.Span) : 0;
                if (count == 0)
                {
                    Bury(new IOException($"The Redis server {Endpoint} has closed the connection."));
                    return;
                }

                Volatile.Write(ref heardAt, options.Clock.GetTimestamp());
                inbox.Take(count, take);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Bury(error);
        }
    }

    private void Take(in ReadOnlySequence<byte> value)
    {
        if (value.FirstSpan[0] == (byte)RespKind.Push && !IsAwaited(value))
        {
            owner.Hear(this, new RedisReply(value.IsSingleSegment ? value.First : value.ToArray()));
            return;
        }

        var command = outbox!.Head
            ?? throw new RedisProtocolException("a reply came that nobody waits for");
        if (command.RepliesToSkip > 0)
        {
            command.RepliesToSkip--;
            return;
        }

        if (!command.Take(value))
        {
            return;
        }

        outbox.RemoveHead();
        var isError = command.Frames == 1 && command.Reply.IsError;
        if ((isError || command.Frames > 1) && owner.TryTake(this, command))
        {
            return;
        }

        if (isError)
        {
            command.Fail(ServerErrors.Of(command.Reply, Endpoint, command));
        }

        answered.Enqueue(command);
    }

    // The confirmation of a subscription is a push, but it is the reply to its command all the same.
    private bool IsAwaited(in ReadOnlySequence<byte> value)
    {
        if (outbox!.Head is not { ExpectsPush: true } command || command.RepliesToSkip > 0)
        {
            return false;
        }

        var push = new RedisReply(value.IsSingleSegment ? value.First : value.ToArray());
        foreach (var element in push)
        {
            return element.Bytes.Span.EndsWith("subscribe"u8);
        }

        return false;
    }

    // Lets the callers go on whose replies have come; false where another thread reads now.
    private bool Tell(int mine)
    {
        lock (roleGate)
        {
            if (role != mine)
            {
                return false;
            }

            tellingThread = answered.IsEmpty ? 0 : Environment.CurrentManagedThreadId;
        }

        if (tellingThread == 0)
        {
            return true;
        }

        var isInline = distrustUntil == 0 || options.Clock.GetTimestamp() > distrustUntil;
        for (var count = 1; answered.TryDequeue(out var command); count++)
        {
            command.Complete(isInline);
            Volatile.Write(ref told, told + 1);
            if (Volatile.Read(ref role) != mine)
            {
                return false;
            }

            if (count % options.CallersPerFlush == 0)
            {
                Flush();
            }
        }

        lock (roleGate)
        {
            tellingThread = role == mine ? 0 : tellingThread;
            return role == mine;
        }
    }

    // A caller that blocks the reading thread keeps it; another thread reads on. One that only works for long is left
    // alone for a while: on a busy machine it may just be waiting for a processor.
    private void RelieveReader()
    {
        int next;
        lock (roleGate)
        {
            var progress = Volatile.Read(ref told);
            var isHeld = tellingThread != 0 && progress == toldAtTick;
            var isBlocked = isHeld && (reader!.ThreadState & ThreadState.WaitSleepJoin) != 0;
            ticksHeld = isBlocked ? ticksHeld + BusyTicksMax / BlockedTicksMax : isHeld ? ticksHeld + 1 : 0;
            toldAtTick = progress;
            if (ticksHeld < BusyTicksMax)
            {
                return;
            }

            next = ++role;
            ticksHeld = 0;
            tellingThread = 0;
            distrustUntil = options.Clock.GetTimestamp()
                + (long)(Distrust.TotalSeconds * options.Clock.TimestampFrequency);
        }

        StartThread(() => ReadOn(next));
    }

    private void Bury(Exception error)
    {
        _ = Interlocked.CompareExchange(ref failure, error, null);
        transport!.Abort();
        var (unanswered, handedOver) = outbox!.Close();
        inbox.Close();
        transport.Dispose();
        while (answered.TryDequeue(out var command))
        {
            command.Complete(isInline: false);
        }

        owner.Bury(this, unanswered, handedOver);
        closed.SetResult();
    }
}
