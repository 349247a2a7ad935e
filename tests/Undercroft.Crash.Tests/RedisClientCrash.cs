namespace Undercroft.Crash.Tests;

/// <summary>Kills the clients of a Redis server.</summary>
public sealed class RedisClientCrash() : RedisCrash(serverKilledEvery: int.MaxValue);
