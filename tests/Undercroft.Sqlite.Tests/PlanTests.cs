using System.Globalization;
using System.Reflection;
using Undercroft.Sqlite.Jobs;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;
using Undercroft.Sqlite.Upkeep;

namespace Undercroft.Sqlite.Tests;

/// <summary>Asks SQLite for the plan of every statement that runs while a store is in use.</summary>
public sealed class PlanTests : StoreTests
{
    private static readonly RecordDetail[] Details = Enum.GetValues<RecordDetail>();

    // These look at one small table on purpose; the last two walk the head of an index that holds what is scheduled and
    // nothing else, in its order and up to a limit.
    private static readonly string[] SmallTables =
        [
            "SCAN segments", "SCAN lanes", "SCAN TABLE segments", "SCAN TABLE lanes", "SCAN job_counts",
            "SCAN TABLE job_counts", "SCAN jobs USING INDEX jobs_scheduled",
            "SCAN TABLE jobs USING INDEX jobs_scheduled",
        ];

    [Theory]
    [InlineData(null)]
    [InlineData("e_sqlite3")]
    public async Task No_statement_scans_a_table_or_sorts(string? library)
    {
        using var connection = await FilledAsync(library);

        var bad = Statements()
            .Select(sql => (Sql: sql, Plan: Plan(connection, sql)))
            .Where(static statement => statement.Plan.Any(static step =>
                step.Contains("TEMP B-TREE", StringComparison.Ordinal) ||
                (step.StartsWith("SCAN", StringComparison.Ordinal) &&
                    !step.Contains("CONSTANT ROW", StringComparison.Ordinal) &&
                    !SmallTables.Any(small => step.StartsWith(small, StringComparison.Ordinal)))));

        Assert.Empty(bad.Select(static statement => $"{statement.Sql}\n  {string.Join("\n  ", statement.Plan)}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("e_sqlite3")]
    public async Task Pages_are_ranges_of_their_index_in_both_directions_and_behind_a_place(string? library)
    {
        using var connection = await FilledAsync(library);
        foreach (var (isReverse, isAfter) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            foreach (var detail in Details)
            {
                var ids = Plan(connection, Sql.Ids(detail, isReverse, isAfter));
                Assert.Equal(["r USING INDEX records_by_id (collection=? AND id>? AND id<?)"], ids.Select(Search));

                var entries = Plan(connection, Sql.Entries(detail, isReverse, isAfter)).Select(Search).ToArray();
                var bounds = (isAfter, isReverse) switch
                {
                    (false, _) => "key>? AND key<?",
                    (true, false) => "(key,id)>(?,?) AND key<?",
                    (true, true) => "key>? AND (key,id)<(?,?)",
                };
                Assert.Equal(
                    [$"e USING PRIMARY KEY (ix=? AND {bounds})", "r USING INTEGER PRIMARY KEY (rowid=?)"], entries);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("e_sqlite3")]
    public async Task The_feed_and_the_sweeps_are_ranges_of_their_indexes(string? library)
    {
        using var connection = await FilledAsync(library);

        Assert.All(Details, detail => Assert.Equal(
            ["r USING INDEX records_by_revision (revision>?)"],
            Plan(connection, Sql.Changes(detail)).Select(Search)));
        Assert.All(Details, detail => Assert.Equal(
            ["r USING INDEX records_by_id (collection=? AND id=?)"],
            Plan(connection, Sql.ByKey(detail)).Select(Search)));
        Assert.Equal(
            ["r USING INDEX records_by_expiry (expires<?)"], Plan(connection, Sql.Expired).Select(Search));
        Assert.Equal(
            ["r USING INDEX records_deleted (revision>? AND revision<?)"],
            Plan(connection, Sql.Forgettable).Select(Search));
    }

    private static IEnumerable<string> Statements()
    {
        var constants = new[] { typeof(Sql), typeof(JobSql) }
            .SelectMany(static type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(static field => (string)field.GetRawConstantValue()!)
            .Where(static sql => sql is not (Sql.Begin or Sql.BeginWrite or Sql.End));
        var flags = new[] { false, true };
        return constants
            .Concat(Details.SelectMany(static detail => new[] { Sql.ByKey(detail), Sql.Changes(detail) }))
            .Concat(flags.Select(Sql.Judged))
            .Append(SqliteVerifier.EntryRow)
            .Concat(from isEnded in flags from isReverse in flags select JobSql.List(isEnded, isReverse))
            .Concat(
                from detail in Details
                from isReverse in flags
                from isAfter in flags
                from sql in new[] { Sql.Ids(detail, isReverse, isAfter), Sql.Entries(detail, isReverse, isAfter) }
                select sql);
    }

    // Older libraries say "SEARCH TABLE records AS r USING ...", newer ones "SEARCH r USING ...".
    private static string Search(string step) => step
        .Replace("SEARCH TABLE records AS ", string.Empty, StringComparison.Ordinal)
        .Replace("SEARCH TABLE entries AS ", string.Empty, StringComparison.Ordinal)
        .Replace("SEARCH ", string.Empty, StringComparison.Ordinal);

    private static List<string> Plan(SqliteConnection connection, string sql)
    {
        using var plan = new SqliteStatement(connection, "EXPLAIN QUERY PLAN " + sql);
        var steps = new List<string>();
        while (plan.Step())
        {
            steps.Add(plan.String(3));
        }

        return steps;
    }

    private async Task<SqliteConnection> FilledAsync(string? library)
    {
        var store = await OpenAsync(options => options.LibraryPath = library);
        for (var i = 0; i < 200; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            _ = await WriteAsync(store, Put(name, "body", Entry(name), Entry("same")));
        }

        await store.DisposeAsync();
        return SqliteConnection.Open(SqliteLoader.Load(library), DatabasePath, SqliteCode.OpenReadWrite, vfs: null);
    }
}
