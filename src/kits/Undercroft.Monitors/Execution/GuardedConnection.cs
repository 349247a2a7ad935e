using System.Net;
using System.Net.Sockets;

namespace Undercroft.Monitors;

/// <summary>Makes connections, to addresses the guard allows only.</summary>
internal sealed class GuardedConnection(MonitorExecutorOptions options)
{
    private const int AddressesMax = 16;

    /// <summary>The address is judged here, where it is used: nothing is looked up between the two.</summary>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        var allowed = addresses.Where(options.Guard.Allows).Take(AddressesMax).ToArray();
        if (allowed.Length == 0)
        {
            throw addresses.Count == 0
                ? new SocketException((int)SocketError.HostNotFound)
                : new AddressRefusedException(host, string.Join(", ", addresses.Take(3)));
        }

        Exception? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken)
                    .ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                last = error;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        return options.Resolver is { } resolver
            ? await resolver(host, cancellationToken).ConfigureAwait(false)
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
    }
}
