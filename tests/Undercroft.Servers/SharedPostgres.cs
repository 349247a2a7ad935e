using Xunit;

namespace Undercroft.Servers;

/// <summary>The PostgreSQL server that the tests of one program share: started when the first of them asks, ended after
/// the last. <c>UNDERCROFT_POSTGRES</c> names one of your own instead.</summary>
/// <remarks>
/// <code>[assembly: AssemblyFixture(typeof(SharedPostgres))]</code>
/// A class of tests takes it as an argument of its constructor, and makes a database for each test.
/// </remarks>
public sealed class SharedPostgres : IAsyncLifetime
{
    /// <summary>The variable that names a server of one's own.</summary>
    public const string Variable = "UNDERCROFT_POSTGRES";

    private readonly Lazy<Task<PostgresServer>> server = new(Start);

    /// <summary>The server.</summary>
    /// <exception cref="ServerException">PostgreSQL is not installed, or did not start.</exception>
    public Task<PostgresServer> ServerAsync() => server.Value;

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

    private static Task<PostgresServer> Start() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address
            ? Task.FromResult(PostgresServer.Existing(address))
            : PostgresServer.StartAsync();
}
