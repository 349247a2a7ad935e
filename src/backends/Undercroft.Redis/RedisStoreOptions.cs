using System.Net.Security;
using System.Text;
using Undercroft.Backends;

namespace Undercroft.Redis;

/// <summary>Settings for <see cref="RedisStore"/>. Read once, when the store is opened.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>The longest name of a store, in bytes of UTF-8.</summary>
    public const int StoreNameBytesMax = 64;

    /// <summary>Where the server listens, as <c>host</c> or <c>host:port</c>; several of a cluster, or the Sentinels,
    /// apart by commas. The default is <c>127.0.0.1:6379</c>.</summary>
    public string Hosts { get; set; } = "127.0.0.1:6379";

    /// <summary>The store's name. One server keeps as many stores as there are names; each lies on one hash slot. The
    /// default is <c>undercroft</c>.</summary>
    public string StoreName { get; set; } = "undercroft";

    /// <summary>The number of the database. The default is 0; a cluster has no other.</summary>
    public int Database { get; set; }

    /// <summary>The user; null means the default one.</summary>
    public string? User { get; set; }

    /// <summary>The password; null means none.</summary>
    public string? Password { get; set; }

    /// <summary>How to speak TLS; null means not at all.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>The name that Sentinels know the primary by; then <see cref="Hosts"/> names the Sentinels. Null means
    /// that there are none.</summary>
    public string? SentinelName { get; set; }

    /// <summary>The user at the Sentinels; null means the default one.</summary>
    public string? SentinelUser { get; set; }

    /// <summary>The password at the Sentinels; null means none.</summary>
    public string? SentinelPassword { get; set; }

    /// <summary>The name that the server's list of clients shows. The default is <c>undercroft</c>.</summary>
    public string ClientName { get; set; } = "undercroft";

    /// <summary>Whether the store is opened for reading only; it must exist then. The default is no.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The level of a commit that names none; null means the strongest the server gives.</summary>
    public Durability? DefaultDurability { get; set; }

    /// <summary>How the server keeps its log, for servers that do not tell (they refuse <c>CONFIG GET</c>); null means
    /// to ask the server.</summary>
    public RedisAppendPolicy? AppendPolicy { get; set; }

    /// <summary>How many replicas must have a commit before it is acknowledged. Commits that ask for less than the
    /// default level do not wait. The default is 0.</summary>
    public int Replicas { get; set; }

    /// <summary>How long a commit waits for replicas, or for the log, before it fails. The default is 5 seconds.
    /// </summary>
    public TimeSpan AcknowledgeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a commit of which no answer came is repeated until it is known whether it happened. The
    /// default is 30 seconds.</summary>
    public TimeSpan RepeatFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long connecting to a server may take. The default is 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for a server to be there. The default is 10 seconds.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may leave a call unanswered. The default is 10 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many records the read cache holds; the server tells it when one changes. The default is 0: no
    /// cache.</summary>
    public int CacheRecords { get; set; }

    /// <summary>How many bytes of values the read cache holds. The default is 64 MiB.</summary>
    public long CacheBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How often a follower that waits looks for itself, beside being told of commits. The default is 1
    /// second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a thread that waits for answers stays awake before it sleeps: it saves the time of waking up,
    /// at the cost of a processor's time. It does so while answers come that soon as a rule: a server further away, or
    /// one that has nothing to say, costs nothing. The default is 100 microseconds; 0 means not at all.</summary>
    public TimeSpan SpinTime { get; set; } = TimeSpan.FromMicroseconds(100);

    /// <summary>The limits of the store. Redis does nothing else while a function runs, so they are lower than
    /// elsewhere: 5,000 operations and 32 MiB in a commit, 2,000 items and 4 MiB on a page.</summary>
    public StoreLimits Limits { get; set; } = new()
    {
        OperationsMax = 5_000,
        CommitBytesMax = 32L * 1024 * 1024,
        KeysPerReadMax = 5_000,
        PageItemsMax = 2_000,
        PageBytesMax = 4L * 1024 * 1024,
    };

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; <see cref="ArgumentException.ParamName"/> names it.
    /// </exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Hosts), nameof(Hosts), Hosts, "'host:port', several apart by commas");
        Require(
            !string.IsNullOrEmpty(StoreName) && StoreName.AsSpan().IndexOfAny("{}\0\r\n") < 0 &&
            Encoding.UTF8.GetByteCount(StoreName) <= StoreNameBytesMax,
            nameof(StoreName), StoreName, "1 to 64 bytes without braces and line ends");
        Require(Database is >= 0 and <= 1_000_000, nameof(Database), Database, "0 to 1,000,000");
        Require(
            !string.IsNullOrEmpty(ClientName) && !ClientName.AsSpan().ContainsAny(' ', '\n', '\r'),
            nameof(ClientName), ClientName, "a name without blanks");
        Require(SentinelName is not "", nameof(SentinelName), SentinelName, "a name or null");
        Require(
            DefaultDurability is null || Enum.IsDefined(DefaultDurability.Value),
            nameof(DefaultDurability), DefaultDurability, $"one of {string.Join(", ", Enum.GetNames<Durability>())}");
        Require(
            AppendPolicy is null || Enum.IsDefined(AppendPolicy.Value),
            nameof(AppendPolicy), AppendPolicy, $"one of {string.Join(", ", Enum.GetNames<RedisAppendPolicy>())}");
        Require(Replicas is >= 0 and <= 100, nameof(Replicas), Replicas, "0 to 100");
        RequireTime(AcknowledgeTimeout, nameof(AcknowledgeTimeout));
        RequireTime(RepeatFor, nameof(RepeatFor));
        RequireTime(ConnectTimeout, nameof(ConnectTimeout));
        RequireTime(ServerTimeout, nameof(ServerTimeout));
        RequireTime(CommandTimeout, nameof(CommandTimeout));
        RequireTime(PollInterval, nameof(PollInterval));
        Require(
            SpinTime >= TimeSpan.Zero && SpinTime <= TimeSpan.FromMilliseconds(10),
            nameof(SpinTime), SpinTime, "0 to 10 ms");
        Require(CacheRecords is >= 0 and <= 10_000_000, nameof(CacheRecords), CacheRecords, "0 to 10,000,000");
        Require(CacheBytes is >= 0 and <= 1L << 40, nameof(CacheBytes), CacheBytes, "0 to 1 TiB");
        Require(Limits is not null, nameof(Limits), null, "limits");
    }

    /// <summary>Makes a copy that later changes do not reach.</summary>
    internal RedisStoreOptions Copy() => (RedisStoreOptions)MemberwiseClone();

    private static void RequireTime(TimeSpan found, string setting) => Require(
        found >= TimeSpan.FromMilliseconds(1) && found <= TimeSpan.FromHours(1), setting, found, "1 ms to 1 hour");

    private static void Require(bool holds, string setting, object? found, string expected) =>
        StoreSetting.Require(holds, nameof(RedisStoreOptions), setting, found, expected);
}
