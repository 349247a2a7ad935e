namespace Undercroft.Crash.Tests;

/// <summary>Kills the clients of a Redis server, and each other time the server too, which flushes its log before each
/// answer: what was acknowledged is there when the server is started again.</summary>
public sealed class RedisServerCrash() : RedisCrash(serverKilledEvery: 2);
