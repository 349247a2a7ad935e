using Undercroft.Redis;
using Undercroft.Redis.Client;

namespace Undercroft;

/// <summary>Opens Redis stores by URI.</summary>
public static class RedisStoreSchemes
{
    private static readonly string[] Known =
    [
        "store", "mode", "durability", "aof", "replicas", "wait", "repeatFor", "cache", "cacheBytes", "pollInterval",
        .. RedisUri.Settings,
    ];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>redis:</c>, as in <c>redis://app:secret@localhost:6379/0?store=stories</c>;
        /// <c>rediss:</c> with TLS; and <c>redis+sentinel:</c> and <c>rediss+sentinel:</c>, as in
        /// <c>redis+sentinel://host1,host2,host3/primary?store=stories</c>.</summary>
        /// <remarks>User and password stand before the <c>@</c>, with <c>%</c> escapes; several hosts of a cluster, or
        /// Sentinels, are parted by commas; behind the <c>/</c> stands the number of the database, and before it the
        /// name that the Sentinels know the primary by. Settings: <c>store</c> (the store's name), <c>mode</c>
        /// (<c>rw</c>, or <c>ro</c> for reading only), <c>durability</c> (<c>memory</c>, <c>os</c>, <c>disk</c>),
        /// <c>aof</c> (<c>none</c>, <c>no</c>, <c>everysec</c>, <c>always</c>, for servers that do not tell),
        /// <c>replicas</c> and <c>wait</c> (how many must have a commit, and how long it waits for them),
        /// <c>repeatFor</c>, <c>cache</c> and <c>cacheBytes</c> (records and bytes of the read cache),
        /// <c>pollInterval</c>; for TLS <c>ca</c>, <c>cert</c>, <c>key</c> (PEM files) and <c>tlsHost</c>;
        /// <c>sentinelUser</c>, <c>sentinelPassword</c>, <c>connectTimeout</c>, <c>commandTimeout</c>,
        /// <c>serverTimeout</c>. The rest of <see cref="RedisStoreOptions"/> keeps its defaults.</remarks>
        public StoreSchemes AddRedis()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            foreach (var scheme in RedisUri.Schemes)
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
        var client = RedisUri.Parse(uri);
        var options = new RedisStoreOptions
        {
            Hosts = string.Join(',', client.Endpoints),
            Database = client.Database,
            User = client.User,
            Password = client.Password,
            Tls = client.Tls,
            SentinelName = client.SentinelName,
            SentinelUser = client.SentinelUser,
            SentinelPassword = client.SentinelPassword,
            ClientName = client.ClientName,
            ConnectTimeout = client.ConnectTimeout,
            CommandTimeout = client.CommandTimeout,
            ServerTimeout = client.ServerTimeout,
            ReadOnly = uri.IsReadOnly(),
            DefaultDurability = uri.DefaultDurability(),
            AppendPolicy = uri.Choice(
                "aof",
                ("none", RedisAppendPolicy.None), ("no", RedisAppendPolicy.Written),
                ("everysec", RedisAppendPolicy.EverySecond), ("always", RedisAppendPolicy.Always)),
        };
        options.StoreName = uri.Settings.GetValueOrDefault("store") ?? options.StoreName;
        options.Replicas = uri.Number("replicas") ?? options.Replicas;
        options.AcknowledgeTimeout = uri.Duration("wait") ?? options.AcknowledgeTimeout;
        options.RepeatFor = uri.Duration("repeatFor") ?? options.RepeatFor;
        options.CacheRecords = uri.Number("cache") ?? options.CacheRecords;
        options.CacheBytes = uri.Number("cacheBytes") ?? options.CacheBytes;
        options.PollInterval = uri.Duration("pollInterval") ?? options.PollInterval;
        uri.Check(
            options.Validate,
            (nameof(options.StoreName), "store"), (nameof(options.CacheRecords), "cache"),
            (nameof(options.AcknowledgeTimeout), "wait"));
        return options;
    }
}
