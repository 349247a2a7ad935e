using System.Net.Security;

namespace Undercroft.Redis.Client;

/// <summary>How a client finds its servers and how long it waits for them. Read once, when the client is opened.
/// </summary>
internal sealed class RedisClientOptions
{
    /// <summary>Where to begin: the server itself, several of a cluster, or the Sentinels.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; set; } = [new("127.0.0.1", 6379)];

    /// <summary>How the primary is found. The default asks the server itself what it is.</summary>
    public RedisTopologyKind Topology { get; set; }

    /// <summary>The name that the Sentinels know the primary by.</summary>
    public string? SentinelName { get; set; }

    /// <summary>The user; null means the default one.</summary>
    public string? User { get; set; }

    /// <summary>The password; null means none.</summary>
    public string? Password { get; set; }

    /// <summary>The user at the Sentinels; null means the default one.</summary>
    public string? SentinelUser { get; set; }

    /// <summary>The password at the Sentinels; null means none.</summary>
    public string? SentinelPassword { get; set; }

    /// <summary>The database's number. The default is 0; a cluster has no other.</summary>
    public int Database { get; set; }

    /// <summary>The name that CLIENT LIST shows. The default is <c>undercroft</c>.</summary>
    public string ClientName { get; set; } = "undercroft";

    /// <summary>How to speak TLS; null means not at all. The target host is filled in where it is empty.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>How long connecting to one server may take, greeting included. The default is 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server may leave a command that was sent unanswered before the connection is given up.
    /// The default is 10 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a command waits, unsent, for a server to be there. The default is 10 seconds.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a word a server is asked whether it is still there. The default is 2 seconds.
    /// </summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two attempts to connect; the first one is 50 ms. The default is 1 second.
    /// </summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most commands that are under way or waiting at once. The default is 65,536.</summary>
    public int QueueMax { get; set; } = 65_536;

    /// <summary>The most bytes that wait to be sent over one connection. The default is 256 MiB.</summary>
    public long QueueBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <summary>The longest reply that is accepted, in bytes. The default is 512 MiB, the longest value Redis keeps.
    /// </summary>
    public long ReplyBytesMax { get; set; } = 512L * 1024 * 1024;

    /// <summary>How long a thread that waits for replies stays awake before it sleeps. It saves the time of waking up,
    /// at the cost of as much of a processor while commands are under way. It does so while replies come that soon as a
    /// rule. The default is 100 microseconds; 0 means not at all.</summary>
    public TimeSpan SpinTime { get; set; } = TimeSpan.FromMicroseconds(100);

    /// <summary>After how many callers that go on with their replies what they asked for is sent, while others still
    /// wait for their turn: the server works meanwhile. The default is 32.</summary>
    public int CallersPerFlush { get; set; } = 32;

    /// <summary>Whether the server tells when keys that were read change, which the read cache lives on. The default
    /// is no.</summary>
    public bool IsTracking { get; set; }

    /// <summary>The clock for all of these times. The default is the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
