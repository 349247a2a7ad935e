using Npgsql;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The plans of the statements: each finds its place in an index, and none sorts what an index has in order.
/// </summary>
public sealed class PlanTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task No_statement_reads_or_sorts_more_than_it_brings()
    {
        var store = await OpenAsync();
        var entry = new IndexEntry("age", new byte[] { 1 });
        foreach (var chunk in Enumerable.Range(0, 2_000).Chunk(500))
        {
            _ = await CommitAsync(
                store,
                [.. chunk.Select(i => Put(
                    $"id{i:d5}", "{}", entry with { Key = BitConverter.GetBytes(i) },
                    new IndexEntry("tags", new byte[] { 1 }), new IndexEntry("tags", BitConverter.GetBytes(i))))]);
        }

        _ = await AskAsync("ANALYZE undercroft.records");
        _ = await AskAsync("ANALYZE undercroft.entries");
        var sql = await SqlAsync();
        await AssertPlanAsync(sql.ByKey(RecordDetail.Whole), "1, 'things', 'id00010'", "records_pkey");
        await AssertPlanAsync(sql.ByIds(RecordDetail.Whole), "1, 'things', '{id00010,id00020}'", "records_pkey");
        await AssertPlanAsync(
            sql.ByKeys(RecordDetail.Whole), "1, '{things}'::text[], '{id00010}'::text[], '{0}'::bigint[]",
            "records_pkey", "(int, text[], text[], bigint[])");
        foreach (var isReverse in new[] { false, true })
        {
            foreach (var isAfter in new[] { false, true })
            {
                await AssertPlanAsync(
                    sql.Ids(RecordDetail.Whole, isReverse, isAfter, hasEnd: true),
                    "1, 'things', 0, 50, 'id00100', 'id01900'", "records_pkey");
                await AssertPlanAsync(
                    sql.Entries(RecordDetail.Whole, 1, isReverse, isAfter, hasEnd: true),
                    $"1, 'things', 0, 50, '\\x00', '\\xff', {(isAfter ? "'id00100'" : "NULL")}, 1", "records_k1");
            }
        }

        foreach (var showsHeldBack in new[] { false, true })
        {
            await AssertPlanAsync(
                sql.Changes(RecordDetail.Whole, showsHeldBack), "1, 'Z', '0', 0, 0, 50, NULL, NULL", "records_feed");
        }

        await AssertPlanAsync(sql.FeedState, "1, 'Z'", "records_feed");
    }

    /// <summary>A connection keeps the plan that it has made: what is planned on the empty tables of a new store must
    /// be right for the full ones (decision 65).</summary>
    [Fact]
    public async Task What_is_planned_for_an_empty_table_finds_records_by_their_primary_key()
    {
        _ = await OpenAsync();
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM undercroft.records"));
        var sql = await SqlAsync();
        await AssertFindsAsync(sql.ByKey(RecordDetail.Whole), "int, text, text");
        await AssertFindsAsync(sql.ByIds(RecordDetail.Whole), "int, text, text[]");
        await AssertFindsAsync(sql.ByKeys(RecordDetail.Whole), "int, text[], text[], bigint[]");
        foreach (var shape in Enum.GetValues<PutShape>())
        {
            var types = "int, text, text, bigint, bigint, bytea, uuid, bigint, text, text, bytea" +
                string.Concat(Enumerable.Repeat(", bytea", PutText.KeysOf(shape))) +
                (shape == PutShape.Full ? ", bigint, bigint, bigint, bytea, bytea" : string.Empty);
            foreach (var isMarked in new[] { false, true })
            {
                await AssertFindsAsync(sql.Put.For(WriteConditionKind.Any, shape, isMarked)!, types);
                await AssertFindsAsync(sql.Put.For(WriteConditionKind.Absent, shape, isMarked)!, types);
                await AssertFindsAsync(sql.Put.For(WriteConditionKind.Present, shape, isMarked)!, types);
                await AssertFindsAsync(
                    sql.Put.For(WriteConditionKind.Revision, shape, isMarked)!, $"{types}, bigint");
            }
        }

        var many = "int, text[], text[], bigint[], bigint, bigint[]" +
            string.Concat(Enumerable.Repeat(", bytea[]", 3 + Tables.Slots + 1)) + ", uuid, bigint, text, text";
        foreach (var isMarked in new[] { false, true })
        {
            await AssertFindsAsync(sql.Puts.For(PutKind.Any, isMarked)!, many);
            await AssertFindsAsync(sql.Puts.For(PutKind.Absent, isMarked)!, many);
            await AssertFindsAsync(sql.Puts.For(PutKind.Match, isMarked)!, $"{many}, int[], bigint[]");
        }

        var besideJobs = $"{many[..^", text".Length]}, int[], bigint[]";
        var puts = new JobPutsText(sql.Schema);
        foreach (var kind in new[] { PutKind.Any, PutKind.Absent, PutKind.Match })
        {
            await AssertFindsAsync($"{puts.For(kind)!.TrimEnd().TrimEnd(',')} SELECT 1 FROM k", besideJobs);
        }
    }

    // As a store has them: nothing of the choice between its tables and others is left in a plan.
    private async Task<SqlText> SqlAsync()
    {
        var table = (uint)(await AskAsync("SELECT 'undercroft.records'::regclass::oid"))!;
        return new SqlText("undercroft", new TableFence("undercroft", table));
    }

    private async Task AssertFindsAsync(string sql, string types)
    {
        var values = string.Join(", ", types.Split(", ").Select(static _ => "NULL"));
        var lines = await PlanAsync(sql, values, $"({types})");
        foreach (var line in lines.Where(static line => line.Contains(" on records", StringComparison.Ordinal)))
        {
            Assert.True(
                line.Contains("Insert on", StringComparison.Ordinal) ||
                line.Contains("Scan using records_pkey on", StringComparison.Ordinal),
                $"{line}\n{sql}\n{string.Join('\n', lines)}");
        }
    }

    private async Task AssertPlanAsync(
        string sql, string values, string index, string types = "")
    {
        var lines = await PlanAsync(sql, values, types);
        var plan = string.Join('\n', lines);
        Assert.True(plan.Contains(index, StringComparison.Ordinal), $"{index} is not used:\n{sql}\n{plan}");
        Assert.DoesNotContain("Seq Scan on records", plan, StringComparison.Ordinal);

        // A page of the feed is put in order once more at the end, which is the first line.
        Assert.True(
            !lines.Skip(1).Any(static line => line.Trim(' ', '-', '>') is "Sort" or "Incremental Sort"),
            $"It sorts:\n{sql}\n{plan}");
    }

    private async Task<List<string>> PlanAsync(string sql, string values, string types)
    {
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        foreach (var command in new[]
        {
            "DEALLOCATE ALL", "SET plan_cache_mode = force_generic_plan", $"PREPARE one{types} AS {sql}",
        })
        {
            await using var prepare = new NpgsqlCommand(command, connection);
            _ = await prepare.ExecuteNonQueryAsync(Cancel);
        }

        var whole = await ExplainAsync(connection, $"EXPLAIN (COSTS OFF, VERBOSE) EXECUTE one({values})");
        Assert.DoesNotContain(whole, static line => line.Contains("other tables", StringComparison.Ordinal));
        return await ExplainAsync(connection, $"EXPLAIN (COSTS OFF) EXECUTE one({values})");
    }

    private static async Task<List<string>> ExplainAsync(NpgsqlConnection connection, string text)
    {
        await using var explain = new NpgsqlCommand(text, connection);
        var lines = new List<string>();
        await using var reader = await explain.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
