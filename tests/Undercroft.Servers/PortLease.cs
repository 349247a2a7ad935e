using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Undercroft.Servers;

/// <summary>A port that no other program of tests takes while this one holds it, whether or not something listens
/// there: a server that is down keeps its address.</summary>
/// <remarks>The ports lie below those that systems hand to outgoing connections and to those who ask for any port, so
/// neither can take the place of a server between its end and its next start.</remarks>
public sealed class PortLease : IDisposable
{
    private const int First = 20_000;
    private const int Count = 12_000;

    private readonly FileStream file;

    private PortLease(int port, FileStream file)
    {
        Port = port;
        this.file = file;
    }

    /// <summary>The port, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Takes a port on which nothing listens.</summary>
    public static PortLease Take()
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(Path.GetTempPath(), $"undercroft-ports-{Environment.UserName}"));
        var begin = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var port = First + ((begin + i) % Count);
            if (TryLock(Path.Combine(folder.FullName, port.ToString(CultureInfo.InvariantCulture))) is { } file)
            {
                if (IsFree(port))
                {
                    return new PortLease(port, file);
                }

                file.Dispose();
            }
        }

        throw new ServerException($"No port from {First} to {First + Count - 1} is free; end what listens there.");
    }

    /// <summary>Lets others have it.</summary>
    public void Dispose() => file.Dispose();

    private static FileStream? TryLock(string path)
    {
        try
        {
            // Locked until it is closed, also by the end of this process. It is left where it is: removing it would
            // let two hold files of one name.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another has it.
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            // Something listens there, or was there a moment ago.
            return false;
        }
    }
}
