using System.Net.Security;
using System.Security.Authentication;

namespace Undercroft.Redis.Client;

/// <summary>TLS over a socket that never blocks.</summary>
internal sealed class TlsTransport : RedisTransport
{
    // A socket that has room takes at least so much, so that writing does not wait.
    private const int WriteBytes = 8 * 1024;

    private readonly SocketTransport socket;
    private readonly RedisEndpoint endpoint;
    private readonly SslStream stream;

    /// <summary>Wraps a connected socket; nothing is said yet.</summary>
    public TlsTransport(SocketTransport socket, RedisEndpoint endpoint)
    {
        (this.socket, this.endpoint) = (socket, endpoint);
        stream = new SslStream(new SocketStream(socket), leaveInnerStreamOpen: true);
    }

    /// <summary>Agrees on keys and looks at the server's certificate.</summary>
    /// <exception cref="RedisException">The two do not come together.</exception>
    public void Greet(SslClientAuthenticationOptions settings)
    {
        try
        {
            stream.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = string.IsNullOrEmpty(settings.TargetHost) ? endpoint.Host : settings.TargetHost,
                ClientCertificates = settings.ClientCertificates,
                ClientCertificateContext = settings.ClientCertificateContext,
                RemoteCertificateValidationCallback = settings.RemoteCertificateValidationCallback,
                CertificateChainPolicy = settings.CertificateChainPolicy,
                CertificateRevocationCheckMode = settings.CertificateRevocationCheckMode,
                EnabledSslProtocols = settings.EnabledSslProtocols,
                EncryptionPolicy = settings.EncryptionPolicy,
            });
        }
        catch (AuthenticationException error)
        {
            Dispose();
            throw new RedisException(
                RedisFailure.Tls,
                $"No TLS with the Redis server {endpoint}: {FirstLine(error)} If the server speaks no TLS, use " +
                "redis:// instead of rediss://; if its certificate is to be trusted, name its authority with ?ca=FILE.",
                error);
        }
        catch (IOException error)
        {
            Dispose();

            // It may just be stopping or starting.
            throw new RedisException(
                RedisFailure.Unavailable,
                $"No TLS with the Redis server {endpoint}: it hung up while keys were being agreed on. If it speaks " +
                "no TLS, use redis:// instead of rediss://; if it asks for a client certificate, name one with " +
                "?cert=FILE.",
                error);
        }
    }

    /// <inheritdoc/>
    public override int Receive(Span<byte> destination) => stream.Read(destination);

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> source)
    {
        var sent = 0;
        while (sent < source.Length && socket.HasRoom)
        {
            var count = Math.Min(WriteBytes, source.Length - sent);
            stream.Write(source.Slice(sent, count));
            sent += count;
        }

        return sent;
    }

    /// <inheritdoc/>
    public override void AwaitRoom() => socket.AwaitRoom();

    /// <inheritdoc/>
    public override void Abort() => socket.Abort();

    /// <inheritdoc/>
    public override void Dispose()
    {
        socket.Dispose();
        stream.Dispose();
    }

    private static string FirstLine(AuthenticationException error) =>
        (error.InnerException ?? error).Message.Split('\n')[0].TrimEnd('.', '\r') + ".";
}
