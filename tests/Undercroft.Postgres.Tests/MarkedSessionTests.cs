using Npgsql;
using Undercroft.Postgres.Schema;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What a session is known by is what it does: its segment, and the level at which it commits.</summary>
public sealed class MarkedSessionTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task A_session_is_looked_at_once_and_only_for_its_own_segment_and_level()
    {
        _ = await OpenAsync();
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        var segment = (string)(await AskAsync("SELECT undercroft.segment_v1()"))!;
        var sessions = new MarkedSessions("undercroft", isPooled: false);

        Assert.True(await sessions.HoldsAsync(connection, segment, "on"));
        Assert.False(await sessions.HoldsAsync(connection, segment, "off"));
        Assert.False(await sessions.HoldsAsync(connection, "0000FFFF", "on"));
        Assert.Equal(segment, await SettingAsync(connection, MarkedSessions.Setting));

        // What it was known by is not asked for again.
        await RunAsync(connection, $"RESET {MarkedSessions.Setting}");
        Assert.True(await sessions.HoldsAsync(connection, segment, "on"));
        Assert.Empty(await SettingAsync(connection, MarkedSessions.Setting));
        sessions.Forget(connection);
        Assert.True(await sessions.HoldsAsync(connection, segment, "on"));
        Assert.Equal(segment, await SettingAsync(connection, MarkedSessions.Setting));
    }

    [Theory]
    [InlineData("RESET undercroft.segment")]
    [InlineData("SET undercroft.segment = '0000FFFF'")]
    [InlineData("SET synchronous_commit = off")]
    public async Task A_put_of_a_session_that_is_not_as_it_was_known_writes_nothing(string change)
    {
        _ = await OpenAsync();
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        var segment = (string)(await AskAsync("SELECT undercroft.segment_v1()"))!;
        Assert.True(await new MarkedSessions("undercroft", isPooled: false).HoldsAsync(connection, segment, "on"));

        Assert.Equal(1, await PutAsync(connection, segment, batch: 1));
        await RunAsync(connection, change);
        var error = await Assert.ThrowsAsync<PostgresException>(() => PutAsync(connection, segment, batch: 2));

        Assert.Equal(PutText.WriterNotSet, error.SqlState);
        Assert.Equal(1L, await AskAsync("SELECT batch FROM undercroft.writers"));
        Assert.Equal(1L, await AskAsync("SELECT count(*) FROM undercroft.records"));
    }

    [Fact]
    public async Task Behind_a_pooler_and_after_many_mistakes_no_session_is_known()
    {
        _ = await OpenAsync();
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        var segment = (string)(await AskAsync("SELECT undercroft.segment_v1()"))!;
        Assert.False(await new MarkedSessions("undercroft", isPooled: true).HoldsAsync(connection, segment, "on"));

        var sessions = new MarkedSessions("undercroft", isPooled: false);
        for (var i = 0; i < 100; i++)
        {
            sessions.Forget(connection);
        }

        Assert.False(await sessions.HoldsAsync(connection, segment, "on"));
    }

    private static async Task<int> PutAsync(NpgsqlConnection connection, string segment, long batch)
    {
        await using var put = new NpgsqlCommand(
            new PutText("undercroft", new TableFence("undercroft", null)).For(
                WriteConditionKind.Any, Writing.PutShape.Bare, isMarked: true),
            connection);
        object[] values =
        [
            1, "things", $"id{batch}", 1L, 1L, new byte[] { 1 }, Guid.Empty, batch, segment, "on", new byte[] { 1 },
        ];
        foreach (var value in values)
        {
            _ = put.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await put.ExecuteReaderAsync(Cancel);
        var rows = 0;
        while (await reader.ReadAsync(Cancel))
        {
            rows++;
        }

        return rows;
    }

    private static async Task<string> SettingAsync(NpgsqlConnection connection, string name)
    {
        await using var ask = new NpgsqlCommand($"SELECT current_setting('{name}', true)", connection);
        return (string)(await ask.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var run = new NpgsqlCommand(sql, connection);
        _ = await run.ExecuteNonQueryAsync(Cancel);
    }
}
