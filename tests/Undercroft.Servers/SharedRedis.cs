using Xunit;

namespace Undercroft.Servers;

/// <summary>The Redis server that the tests of one program share: started when the first of them asks, ended after the
/// last. <c>UNDERCROFT_REDIS</c> names one of your own instead.</summary>
/// <remarks>
/// <code>[assembly: AssemblyFixture(typeof(SharedRedis))]</code>
/// A class of tests takes it as an argument of its constructor, and keeps to names of its own on it.
/// </remarks>
public sealed class SharedRedis : IAsyncLifetime
{
    /// <summary>The variable that names a server of one's own.</summary>
    public const string Variable = "UNDERCROFT_REDIS";

    private readonly Lazy<Task<RedisServer>> server = new(Start);

    /// <summary>The server.</summary>
    /// <exception cref="ServerException">Redis is not installed, or did not start.</exception>
    public Task<RedisServer> ServerAsync() => server.Value;

    /// <summary>Does nothing: the server starts when it is asked for.</summary>
    public ValueTask InitializeAsync() => default;

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await server.Value).DisposeAsync();
        }
    }

    private static Task<RedisServer> Start() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address
            ? Task.FromResult(RedisServer.Existing(address))
            : RedisServer.StartAsync();
}
