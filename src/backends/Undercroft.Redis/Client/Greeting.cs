using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Undercroft.Redis.Client;

/// <summary>Opens connections: finds the address, connects, says who is there, hears who answers.</summary>
internal static class Greeting
{
    private static readonly Version VersionMin = new(7, 0);

    /// <summary>Opens a connection that is ready for commands.</summary>
    /// <exception cref="RedisException">It could not be opened; the message says why and what to do.</exception>
    public static async ValueTask<RedisConnection> OpenAsync(
        RedisEndpoint endpoint,
        RedisClientOptions options,
        CommandPool pool,
        IConnectionOwner owner,
        CancellationToken cancellationToken)
    {
        RedisConnection? connection = null;
        var isConnected = false;
        try
        {
            using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(endpoint.Host, both.Token).ConfigureAwait(false);
            connection = new RedisConnection(endpoint, options, pool, owner);
            connection.Start(addresses);
            await connection.Connected.WaitAsync(both.Token).ConfigureAwait(false);
            isConnected = true;
            await GreetAsync(connection, options, pool, both.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error) when (error is RedisException or SocketException or IOException
            or OperationCanceledException)
        {
            connection?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(error, endpoint, options, isConnected, connection);
        }
    }

    private static async ValueTask GreetAsync(
        RedisConnection connection, RedisClientOptions options, CommandPool pool, CancellationToken cancellationToken)
    {
        var hello = pool.Create("HELLO"u8).Add(3);
        if (options.Password is { } password)
        {
            _ = hello.Add("AUTH"u8).Add(options.User ?? "default").Add(password);
        }

        _ = hello.Add("SETNAME"u8).Add(options.ClientName);
        try
        {
            using var reply = await SendAsync(connection, hello, cancellationToken).ConfigureAwait(false);
            connection.Server = Read(reply);
        }
        catch (RedisException error) when (error.ServerText.Length > 0)
        {
            throw ExplainHello(error, connection.Endpoint, options);
        }

        if (connection.Server.Version < VersionMin)
        {
            throw TooOld(connection.Endpoint, connection.Server.Version.ToString());
        }

        if (options.Database != 0)
        {
            var select = pool.Create("SELECT"u8).Add(options.Database);
            (await SendAsync(connection, select, cancellationToken).ConfigureAwait(false)).Dispose();
        }

        if (options.IsTracking)
        {
            var tracking = pool.Create("CLIENT"u8).Add("TRACKING"u8).Add("ON"u8);
            (await SendAsync(connection, tracking, cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    /// <summary>Sends a command over one connection, past all routing.</summary>
    public static ValueTask<RedisReply> SendAsync(
        RedisConnection connection, RedisCommand command, CancellationToken cancellationToken)
    {
        command.Seal(cancellationToken);
        var result = command.Result;
        if (!connection.TrySend(command))
        {
            command.Fail(connection.Failure ?? new IOException("The connection was closed."));
            command.Complete(isInline: false);
        }

        return result;
    }

    private static RedisServerInfo Read(in RedisReply reply)
    {
        var (version, mode, role) = ("", "", "");
        var name = "";
        foreach (var element in reply)
        {
            if (name.Length == 0)
            {
                name = element.Text;
                continue;
            }

            switch (name)
            {
                case "version": version = element.Text; break;
                case "mode": mode = element.Text; break;
                case "role": role = element.Text; break;
                default: break;
            }

            name = "";
        }

        return Version.TryParse(version, out var parsed)
            ? new RedisServerInfo(parsed, mode, role)
            : throw new RedisProtocolException($"the server says its version is '{version}'");
    }

    private static RedisException ExplainHello(
        RedisException error, RedisEndpoint endpoint, RedisClientOptions options)
    {
        if (error.Code == "NOPROTO" || error.ServerText.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
        {
            return TooOld(endpoint, "one that does not know RESP3");
        }

        // A server without a password refuses to be given one.
        return ServerErrors.Of(error.ServerText, endpoint, "the greeting", options.Password);
    }

    private static RedisException TooOld(RedisEndpoint endpoint, string found) => new(
        RedisFailure.Unsupported,
        $"The Redis server {endpoint} is too old: it is {found}, and {VersionMin} or later is needed. Upgrade it.");

    private static RedisException Explain(
        Exception error,
        RedisEndpoint endpoint,
        RedisClientOptions options,
        bool isConnected,
        RedisConnection? connection)
    {
        if (error is RedisException { Failure: not (RedisFailure.OutcomeUnknown or RedisFailure.Protocol) } clear)
        {
            return clear;
        }

        var limit = string.Create(CultureInfo.InvariantCulture, $"{options.ConnectTimeout.TotalSeconds:0.#} s");
        if (error is OperationCanceledException && options.Tls is not null && !isConnected
            && connection is { IsTaken: true })
        {
            return new RedisException(
                RedisFailure.Tls,
                $"No TLS with the Redis server {endpoint}: it has not answered for {limit}. If it speaks no TLS, use " +
                "redis:// instead of rediss://.",
                error);
        }

        if (isConnected && options.Tls is null
            && connection?.Failure is RedisProtocolException or IOException or SocketException)
        {
            // One that hangs up may just be stopping or starting: what waits for it goes on waiting.
            return new RedisException(
                connection.Failure is RedisProtocolException ? RedisFailure.Tls : RedisFailure.Unavailable,
                $"The server at {endpoint} hung up, or made no sense, when it was greeted as Redis. If it expects " +
                "TLS, use rediss:// instead of redis://; otherwise check the port.",
                error);
        }

        var found = error switch
        {
            OperationCanceledException => $"no answer within {limit}",
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens there",
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }
                => "the name is not known",
            SocketException { SocketErrorCode: SocketError.TimedOut } => $"no answer within {limit}",
            _ => error.Message.TrimEnd('.'),
        };
        return new RedisException(
            RedisFailure.Unavailable,
            $"Cannot reach the Redis server {endpoint}: {found}. Check that it runs, and the host, port and firewall.",
            error);
    }
}
