using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What the connections of a store say of themselves, and to whom it is left.</summary>
public sealed class ConnectionTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task The_server_is_told_who_asks()
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));

        Assert.NotEqual(0L, await CountAsync("Undercroft"));
    }

    [Fact]
    public async Task What_a_connection_string_says_stays_as_it_says()
    {
        var store = await OpenAsync(static options => options.ConnectionString += ";Application Name=mine;Timeout=30");
        _ = await CommitAsync(store, Put("a"));

        Assert.NotEqual(0L, await CountAsync("mine"));
        Assert.Equal(0L, await CountAsync("Undercroft"));
    }

    [Fact]
    public async Task A_server_is_reached_by_its_socket()
    {
        Assert.SkipWhen(Server.IsExternal, "UNDERCROFT_POSTGRES names the server, whose socket is not known.");
        var who = Address[..Address.IndexOf('@', StringComparison.Ordinal)];
        await using var store = await new StoreSchemes().AddPostgres().OpenAsync(
            $"{who}@:{Server.Port}/{Database}?host={Server.SocketFolder}", cancellationToken: Cancel);

        _ = await CommitAsync(store, Put("a"));

        Assert.Equal(
            $"postgres://:{Server.Port}/{Database}?host={Server.SocketFolder}&schema=undercroft&tenant=default",
            store.Info.Location);
        Assert.Equal(0L, await AskAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " +
            "application_name = 'Undercroft' AND client_addr IS NOT NULL"));
    }

    private async Task<object?> CountAsync(string name) => await AskAsync(
        "SELECT count(*) FROM pg_stat_activity " +
        $"WHERE datname = current_database() AND application_name = '{name}'");
}
