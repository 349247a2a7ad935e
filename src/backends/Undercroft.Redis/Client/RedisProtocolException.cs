namespace Undercroft.Redis.Client;

/// <summary>What came over the wire is not what the protocol, or the caller, expects. The connection that it came over
/// is given up when its bytes are to blame.</summary>
internal sealed class RedisProtocolException(string found)
    : RedisException(
        RedisFailure.Protocol,
        $"Redis could not be understood: {found}. Is it a Redis server of 7.0 or later?");
