using System.Net;
using System.Net.Sockets;

namespace Undercroft.Redis.Client;

/// <summary>Opens what a connection's bytes flow over.</summary>
internal static class TransportOpening
{
    /// <summary>Connects to the first address that answers; the caller's thread waits.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="endpoint">What they are the addresses of.</param>
    /// <param name="options">How to speak, and how long to wait.</param>
    /// <param name="begin">Is shown what was connected before anything is said over it, so that it can be ended.
    /// </param>
    /// <exception cref="SocketException">None answers.</exception>
    /// <exception cref="RedisException">The certificate is not trusted, or the server speaks no TLS.</exception>
    public static RedisTransport Open(
        IPAddress[] addresses, RedisEndpoint endpoint, RedisClientOptions options, Action<RedisTransport> begin)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                var socket = SocketTransport.Connect(
                    new IPEndPoint(address, endpoint.Port), options.ConnectTimeout, options.SpinTime);
                if (options.Tls is null)
                {
                    begin(socket);
                    return socket;
                }

                var tls = new TlsTransport(socket, endpoint);
                begin(tls);
                tls.Greet(options.Tls);
                return tls;
            }
            catch (SocketException error)
            {
                last = error;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
