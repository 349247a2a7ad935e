using Npgsql;
using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>What a claim costs, in rows the server looks at: however many jobs wait, on whatever machine.</summary>
public sealed class JobPlanTests(SharedPostgres shared) : JobTest(shared)
{
    private const int Few = 1_000;
    private const int Many = 10_000;
    private const int Batch = 100;

    private const string Counters =
        "SELECT coalesce(sum(idx_tup_fetch), 0)::bigint, coalesce(sum(seq_tup_read), 0)::bigint " +
        "FROM pg_stat_xact_user_tables WHERE schemaname = 'undercroft' AND relname LIKE 'jobs%'";

    [Fact]
    public async Task A_claim_looks_at_as_many_rows_with_many_waiting_as_with_few()
    {
        var jobs = JobStore.For(await OpenAsync());
        var session = await OpenSessionAsync(jobs);
        await FillAsync(jobs, Few);
        var few = await RowsOfClaimAsync(session);
        await FillAsync(jobs, Many - Few);
        var many = await RowsOfClaimAsync(session);

        // Once to find and lock a job, once to change it, and the first of those that are scheduled.
        Assert.InRange(few.ByIndex, Batch, 3 * Batch);
        Assert.Equal((few.ByIndex, 0), (many.ByIndex, many.ByScan));
    }

    // Priorities come as they come, so that what is first in the order is anywhere in the table.
    private static async Task FillAsync(JobStore jobs, int count)
    {
        for (var i = 0; i < count; i += 500)
        {
            var result = await jobs.CommitAsync(
                new Commit(
                [
                    .. Enumerable.Range(i, 500).Select(static number => new EnqueueOperation(
                        new NewJob { Kind = Kind, Priority = number * 7919 % 5 })),
                ]),
                Cancel);
            Assert.True(result.IsCommitted);
        }
    }

    // The counters of the transaction are the connection's own, and exact.
    private async Task<(long ByIndex, long ByScan)> RowsOfClaimAsync(SessionId session)
    {
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var claim = new NpgsqlCommand(
            "SELECT count(*) FROM undercroft.jobs_claim_v1(" +
            $"1, '{session.Value}', '{session}', '{{{NewJob.DefaultQueue}}}', " +
            $"'{{{Kind}}}', {Batch}, {TimeProvider.System.GetUtcNow().UtcTicks}, 1, false, NULL, NULL, NULL)",
            connection,
            transaction);
        await using var before = new NpgsqlCommand(Counters, connection, transaction);
        var (index, scan) = await ReadAsync(before);
        Assert.Equal(Batch + 1L, await claim.ExecuteScalarAsync(Cancel));
        await using var after = new NpgsqlCommand(Counters, connection, transaction);
        var (indexAfter, scanAfter) = await ReadAsync(after);
        await transaction.RollbackAsync(Cancel);
        return (indexAfter - index, scanAfter - scan);
    }

    private static async Task<(long ByIndex, long ByScan)> ReadAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
