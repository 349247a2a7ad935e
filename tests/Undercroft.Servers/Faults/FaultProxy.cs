using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Undercroft.Servers;

/// <summary>Stands between a client and a server, in this process, and does to their conversation what a bad network
/// does, at a point that the test chooses.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly EndPoint server;
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private readonly List<ProxiedConnection> connections = [];
    private readonly Task accepting;
    private Fault? armed;
    private int skipped;
    private TaskCompletionSource struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int refusing;

    private FaultProxy(Socket listener, EndPoint server)
    {
        this.listener = listener;
        this.server = server;
        accepting = AcceptAsync();
    }

    /// <summary>The port it listens on, on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>How many connections it has taken since it began.</summary>
    public int Taken { get; private set; }

    /// <summary>How many connections are open.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return connections.Count;
            }
        }
    }

    /// <summary>Begins to listen for clients of a server.</summary>
    public static FaultProxy Start(string host, int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return new FaultProxy(listener, new IPEndPoint(IPAddress.Parse(host), port));
    }

    /// <summary>Sets a fault. It happens once, to the first that fits, on any connection.</summary>
    /// <returns>Ends when it has happened.</returns>
    public Task Arm(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault is { Kind: FaultKind.Twice, Side: FaultSide.Answering })
        {
            throw new ArgumentException("Only questions are delivered twice: TCP repeats no answer.", nameof(fault));
        }

        lock (gate)
        {
            armed = fault;
            skipped = 0;
            struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return struck.Task;
        }
    }

    /// <summary>Takes back a fault that has not happened.</summary>
    public void Disarm()
    {
        lock (gate)
        {
            armed = null;
        }
    }

    /// <summary>Resets every connection there is; new ones are taken.</summary>
    public void CutAll()
    {
        foreach (var one in Snapshot())
        {
            one.Cut();
        }
    }

    /// <summary>Says whether new connections are reset at once, as where nothing listens.</summary>
    public void Refuse(bool isRefusing) => Volatile.Write(ref refusing, isRefusing ? 1 : 0);

    /// <summary>Ends it, and every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await accepting;
        CutAll();
        await Task.WhenAll(Snapshot().Select(static one => one.Ended));
        ending.Dispose();
    }

    /// <summary>The fault that a piece meets, if any.</summary>
    internal Fault? Strike(ProxiedConnection connection, FaultSide side, ReadOnlySpan<byte> piece)
    {
        lock (gate)
        {
            if (armed?.Opens(side, piece) == true)
            {
                connection.Opened = armed;
            }

            if (armed is not { } fault
                || (fault.After is not null && connection.Opened != fault)
                || !fault.Fits(side, piece)
                || skipped++ < fault.Skip)
            {
                return null;
            }

            armed = null;
            _ = struck.TrySetResult();
            return fault;
        }
    }

    internal void Forget(ProxiedConnection ended)
    {
        lock (gate)
        {
            _ = connections.Remove(ended);
        }
    }

    private ProxiedConnection[] Snapshot()
    {
        lock (gate)
        {
            return [.. connections];
        }
    }

    private async Task AcceptAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(ending.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone again before it was taken.
                continue;
            }

            if (Volatile.Read(ref refusing) == 1)
            {
                client.Close(0);
                continue;
            }

            lock (gate)
            {
                Taken++;
                connections.Add(new ProxiedConnection(this, client, server));
            }
        }
    }

    /// <summary>The address as <c>host:port</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
}
