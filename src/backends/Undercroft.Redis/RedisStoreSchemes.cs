using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Undercroft.Redis;

namespace Undercroft;

/// <summary>Opens Redis stores by URI.</summary>
public static class RedisStoreSchemes
{
    private static readonly string[] Known =
    [
        "store", "db", "mode", "durability", "aof", "replicas", "wait", "repeatFor", "timeout", "cache", "cacheBytes",
        "pollInterval", "sentinel", "sentinelUser", "sentinelPassword", "ca",
    ];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>redis:</c>, and <c>rediss:</c> with TLS, as in
        /// <c>redis://app:secret@localhost:6379/0?store=stories</c>.</summary>
        /// <remarks>User and password stand before the <c>@</c>, with <c>%</c> escapes; several hosts of a cluster, or
        /// Sentinels, are parted by commas; behind the <c>/</c> stands the number of the database, or the store's name.
        /// Settings: <c>store</c> (the store's name), <c>mode</c> (<c>rw</c>, or <c>ro</c> for reading only),
        /// <c>durability</c> (<c>memory</c>, <c>os</c>, <c>disk</c>), <c>aof</c> (<c>none</c>, <c>no</c>,
        /// <c>everysec</c>, <c>always</c>, for servers that do not tell), <c>replicas</c> and <c>wait</c> (how many
        /// must have a commit, and how long it waits for them), <c>repeatFor</c>, <c>timeout</c>, <c>cache</c> and
        /// <c>cacheBytes</c> (records and bytes of the read cache), <c>pollInterval</c>, <c>sentinel</c> (the name the
        /// Sentinels know the primary by), <c>sentinelUser</c>, <c>sentinelPassword</c> and <c>ca</c> (a file with the
        /// certificates to trust). The rest of <see cref="RedisStoreOptions"/> keeps its defaults.</remarks>
        public StoreSchemes AddRedis()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            foreach (var scheme in new[] { "redis", "rediss" })
            {
                _ = schemes.Add(scheme, static async (uri, clock, cancellationToken) =>
                    await RedisStore.OpenAsync(Options(uri), clock, cancellationToken).ConfigureAwait(false));
            }

            return schemes;
        }
    }

    /// <summary>Makes settings of a URI.</summary>
    /// <exception cref="ArgumentException">It names no server, or a setting is wrong.</exception>
    internal static RedisStoreOptions Options(StoreUri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        uri.CheckSettings(Known);
        var options = new RedisStoreOptions
        {
            ReadOnly = uri.IsReadOnly(),
            DefaultDurability = uri.DefaultDurability(),
            AppendPolicy = uri.Choice(
                "aof",
                ("none", RedisAppendPolicy.None), ("no", RedisAppendPolicy.Written),
                ("everysec", RedisAppendPolicy.EverySecond), ("always", RedisAppendPolicy.Always)),
            SentinelName = uri.Settings.GetValueOrDefault("sentinel"),
            SentinelUser = uri.Settings.GetValueOrDefault("sentinelUser"),
            SentinelPassword = uri.Settings.GetValueOrDefault("sentinelPassword"),
        };
        SetPlace(options, uri);
        options.Replicas = Number(uri, "replicas") ?? options.Replicas;
        options.AcknowledgeTimeout = uri.Duration("wait") ?? options.AcknowledgeTimeout;
        options.RepeatFor = uri.Duration("repeatFor") ?? options.RepeatFor;
        options.ServerTimeout = options.CommandTimeout = uri.Duration("timeout") ?? options.ServerTimeout;
        options.CacheRecords = Number(uri, "cache") ?? options.CacheRecords;
        options.CacheBytes = Number(uri, "cacheBytes") ?? options.CacheBytes;
        options.PollInterval = uri.Duration("pollInterval") ?? options.PollInterval;
        options.Tls = Tls(uri);
        return options;
    }

    private static void SetPlace(RedisStoreOptions options, StoreUri uri)
    {
        // What stands before the last '@' is user and password, whatever they are made of.
        var at = uri.Path.LastIndexOf('@');
        var place = uri.Path[(at + 1)..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        options.Hosts = slash < 0 ? place : place[..slash];
        if (options.Hosts.Length == 0)
        {
            throw new ArgumentException(
                $"'{uri.Scheme}:' names no server. Write '{uri.Scheme}://user:password@localhost:6379/0?store=name'.",
                nameof(uri));
        }

        var user = at < 0 ? string.Empty : uri.Path[..at];
        if (user.Length > 0)
        {
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            options.User = colon == 0 ? null : colon < 0 ? user : user[..colon];
            options.Password = colon < 0 ? null : user[(colon + 1)..];
        }

        var name = slash < 0 ? string.Empty : place[(slash + 1)..];
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var database))
        {
            options.Database = database;
        }
        else if (name.Length > 0)
        {
            options.StoreName = name;
        }

        options.Database = Number(uri, "db") ?? options.Database;
        options.StoreName = uri.Settings.GetValueOrDefault("store") ?? options.StoreName;
    }

    private static SslClientAuthenticationOptions? Tls(StoreUri uri)
    {
        var authority = uri.Settings.GetValueOrDefault("ca");
        if (uri.Scheme != "rediss")
        {
            return authority is null ? null : throw new ArgumentException(
                "The setting 'ca' of the store needs TLS. Write 'rediss://' instead of 'redis://'.", nameof(uri));
        }

        var tls = new SslClientAuthenticationOptions();
        if (authority is null)
        {
            return tls;
        }

        var trusted = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            trusted.CustomTrustStore.ImportFromPemFile(authority);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"The setting 'ca' of the store is {Names.Show(authority)}; expected a PEM file with the certificates " +
                $"to trust ({error.Message}). Check the path.",
                nameof(uri), error);
        }

        tls.CertificateChainPolicy = trusted;
        return tls;
    }

    private static int? Number(StoreUri uri, string name) =>
        !uri.Settings.TryGetValue(name, out var text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException(
            $"The setting '{name}' of the store is {Names.Show(text)}; expected a whole number.");
}
