namespace Undercroft.Redis.Client;

/// <summary>What kind of failure a <see cref="RedisException"/> tells of.</summary>
internal enum RedisFailure
{
    /// <summary>The server answered with an error that means nothing to the client: see
    /// <see cref="RedisException.Code"/>.</summary>
    Server = 0,

    /// <summary>No server could be reached in time; the command was not carried out.</summary>
    Unavailable,

    /// <summary>The connection broke, or no answer came in time, after the command had been sent: it may have been
    /// carried out, or not.</summary>
    OutcomeUnknown,

    /// <summary>The client's queue is full; the command was not sent.</summary>
    QueueFull,

    /// <summary>The server refused the user, the password, or what the user may do.</summary>
    Denied,

    /// <summary>The TLS settings of client and server do not fit, or the certificate is not trusted.</summary>
    Tls,

    /// <summary>The server lacks what the client needs, for instance because it is too old.</summary>
    Unsupported,

    /// <summary>The server takes no writes: it is a replica, or has lost its replicas.</summary>
    ReadOnly,

    /// <summary>The server's memory limit is reached.</summary>
    OutOfMemory,

    /// <summary>The keys of one command lie on different hash slots.</summary>
    CrossSlot,

    /// <summary>The bytes are not what the protocol allows.</summary>
    Protocol,

    /// <summary>The client was disposed.</summary>
    Disposed,
}
