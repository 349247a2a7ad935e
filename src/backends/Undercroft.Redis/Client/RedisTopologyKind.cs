namespace Undercroft.Redis.Client;

/// <summary>How the server for a command is found.</summary>
internal enum RedisTopologyKind
{
    /// <summary>The first endpoint that answers says whether it belongs to a cluster.</summary>
    Discover = 0,

    /// <summary>One server, or several of which the primary is used.</summary>
    Single,

    /// <summary>A cluster: the key decides.</summary>
    Cluster,

    /// <summary>The endpoints are Sentinels that know the primary.</summary>
    Sentinel,
}
