using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Undercroft.Redis.Client;

/// <summary>
/// Reads where a Redis is from a URI: <c>redis://user:password@host:port/0</c>, <c>rediss://</c> for TLS, several hosts
/// with commas between them, and <c>redis+sentinel://host,host,host/name/0</c>.
/// </summary>
/// <remarks>No message shows a user's name, a password, or a part of the text that may hold one.</remarks>
internal static class RedisUri
{
    private const int Port = 6379;
    private const int SentinelPort = 26379;
    private const int EndpointsMax = 64;

    private static readonly string[] TlsSettings = ["ca", "cert", "key", "tlsHost"];

    /// <summary>The settings after the question mark that are the client's.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "ca", "cert", "key", "tlsHost", "sentinelUser", "sentinelPassword", "connectTimeout", "commandTimeout",
        "serverTimeout", "clientName",
    ];

    /// <summary>The schemes.</summary>
    public static IReadOnlyList<string> Schemes { get; } =
        ["redis", "rediss", "redis+sentinel", "rediss+sentinel"];

    /// <summary>Reads a store's URI.</summary>
    /// <param name="uri">The URI; settings that are not the client's are left alone.</param>
    /// <exception cref="ArgumentException">It cannot be understood; the message says what is wrong with it.</exception>
    public static RedisClientOptions Parse(StoreUri uri)
    {
        var isSentinel = uri.Scheme.EndsWith("+sentinel", StringComparison.Ordinal);
        var place = uri.Path;
        var at = place.LastIndexOf('@');
        var options = new RedisClientOptions();
        if (at >= 0)
        {
            ReadCredentials(place[..at], uri.Scheme, options);
            place = place[(at + 1)..];
        }

        var parts = place.Split('/');
        options.Endpoints = ReadEndpoints(parts[0], isSentinel ? SentinelPort : Port);
        ReadPath(parts.AsSpan(1), isSentinel, options);
        ReadSettings(uri, options);
        return options;
    }

    private static void ReadCredentials(string text, string scheme, RedisClientOptions options)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || colon == text.Length - 1)
        {
            throw Wrong(
                $"before the '@' there is no password. Write {scheme}://user:password@host, or " +
                $"{scheme}://:password@host for the default user, with '%' before what would be misread");
        }

        options.User = colon == 0 ? null : text[..colon];
        options.Password = text[(colon + 1)..];
    }

    private static RedisEndpoint[] ReadEndpoints(string text, int port)
    {
        var names = text.Split(',');
        if (names.Length > EndpointsMax)
        {
            throw Wrong($"it lists {names.Length} hosts; at most {EndpointsMax} are allowed");
        }

        return [.. names.Select(name => ReadEndpoint(name.Trim(), port))];
    }

    private static RedisEndpoint ReadEndpoint(string text, int port)
    {
        var end = text.IndexOf(':', Math.Max(0, text.IndexOf(']', StringComparison.Ordinal)));
        var host = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..];
        if (rest.Length > 0 && (rest[0] != ':'
            || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65535))
        {
            // Not shown: it may be a password whose '@' was forgotten.
            throw Wrong("what stands after a host's ':' is no port; write a number from 1 to 65535, and a password "
                + "before an '@', with '%' for its '?', '/' and '@'");
        }

        if (host.Contains('=', StringComparison.Ordinal))
        {
            throw Wrong("it names no host, but what looks like the connection string of another client. Write "
                + "redis://user:password@host:6379/0");
        }

        host = host.Trim('[', ']');
        return host.Length > 0
            ? new RedisEndpoint(host, port)
            : throw Wrong("it names no host. Write redis://localhost:6379");
    }

    private static void ReadPath(ReadOnlySpan<string> parts, bool isSentinel, RedisClientOptions options)
    {
        if (isSentinel)
        {
            if (parts is [] or ["", ..])
            {
                throw Wrong("it does not say which primary the Sentinels are to be asked for. Write " +
                    "redis+sentinel://host1,host2,host3/name");
            }

            (options.Topology, options.SentinelName) = (RedisTopologyKind.Sentinel, parts[0]);
            parts = parts[1..];
        }

        if (parts is [] or [""])
        {
            return;
        }

        if (parts.Length > 1
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var database))
        {
            throw Wrong("what follows the host is no database's number. Write redis://host:6379/0");
        }

        options.Database = database;
    }

    private static void ReadSettings(StoreUri uri, RedisClientOptions options)
    {
        options.SentinelUser = uri.Settings.GetValueOrDefault("sentinelUser");
        options.SentinelPassword = uri.Settings.GetValueOrDefault("sentinelPassword");
        options.ClientName = uri.Settings.GetValueOrDefault("clientName") ?? options.ClientName;
        options.ConnectTimeout = uri.Duration("connectTimeout") ?? options.ConnectTimeout;
        options.CommandTimeout = uri.Duration("commandTimeout") ?? options.CommandTimeout;
        options.ServerTimeout = uri.Duration("serverTimeout") ?? options.ServerTimeout;
        if (options.ClientName.AsSpan().ContainsAny(' ', '\n', '\r'))
        {
            throw Wrong("the setting 'clientName' holds a blank; Redis allows none in a client's name");
        }

        if (uri.Scheme.StartsWith("rediss", StringComparison.Ordinal))
        {
            options.Tls = ReadTls(uri);
        }
        else if (uri.Settings.Keys.FirstOrDefault(
            static name => TlsSettings.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } name)
        {
            throw Wrong($"the setting '{name}' is for TLS. Write rediss:// instead of redis://");
        }
    }

    private static SslClientAuthenticationOptions ReadTls(StoreUri uri)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = uri.Settings.GetValueOrDefault("tlsHost") };
        if (uri.Settings.TryGetValue("ca", out var authority))
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            ReadFile("ca", authority, () => policy.CustomTrustStore.ImportFromPemFile(authority));
            tls.CertificateChainPolicy = policy;
        }

        if (uri.Settings.TryGetValue("cert", out var certificate))
        {
            var key = uri.Settings.GetValueOrDefault("key");
            ReadFile(
                "cert",
                certificate,
                () => tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)]);
        }

        return tls;
    }

    private static void ReadFile(string setting, string path, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"The Redis URI cannot be used: the file {Names.Show(path)} of the setting '{setting}' cannot be " +
                "read as PEM. Check the path, that it can be read, and what is in it.",
                error);
        }
    }

    private static ArgumentException Wrong(string what) => new($"The Redis URI cannot be used: {what}.");
}
