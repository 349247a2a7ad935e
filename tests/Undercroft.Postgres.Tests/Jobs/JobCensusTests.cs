using Undercroft.Jobs;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>How many statements jobs take, and how much of its tables the server reads for them, as it counts itself.
/// </summary>
public sealed class JobCensusTests(SharedPostgres shared) : JobTest(shared)
{
    private const int Batch = 100;

    [Fact]
    public async Task In_batches_of_100_a_job_takes_a_twentieth_of_a_statement_from_its_beginning_to_its_end()
    {
        const int Batches = 20;
        var jobs = await OpenJobsAsync();
        var session = await OpenSessionAsync(jobs);
        await RunAsync(jobs, session);
        await ResetAsync();

        for (var i = 0; i < Batches; i++)
        {
            await RunAsync(jobs, session);
        }

        // Each is a transaction of its own: there are as many commits.
        var statements = await StatementsAsync();
        var each = (double)statements.Sum(static one => one.Calls) / (Batches * Batch);
        Assert.True(
            each <= 0.05,
            $"{each} statements for a job:\n{string.Join("\n", statements.Select(static one => one.ToString()))}");
        Assert.Equal(
            (Batches + 1) * Batch, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Succeeded]);
        TestContext.Current.TestOutputHelper!.WriteLine($"note: {each} statements and commits for a job in PostgreSQL");
    }

    [Fact]
    public async Task A_document_and_the_settlement_beside_it_are_one_statement()
    {
        var jobs = await OpenJobsAsync();
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, 3);
        var claimed = await ClaimAsync(jobs, session);
        await WriteAsync(claimed[0]);
        await ResetAsync();

        await WriteAsync(claimed[1]);

        Assert.Equal(1, (await StatementsAsync()).Sum(static one => one.Calls));
        Assert.Equal(JobState.Succeeded, (await jobs.FindJobAsync(claimed[1].Id, Cancel))!.State);

        async Task WriteAsync(LeasedJob job) => Assert.True((await jobs.CommitAsync(
            new Commit(Put(job.Id.ToString()), new SettleOperation(job.Lease, Settlement.Succeeded)),
            Cancel)).IsCommitted);
    }

    [Fact]
    public async Task Documents_and_settlements_of_many_at_once_are_a_statement_for_each_group_and_nothing_else()
    {
        const int Count = 40;
        var jobs = await OpenJobsAsync();
        var session = await OpenSessionAsync(jobs);
        _ = await EnqueueAsync(jobs, Count + 1);
        var claimed = await ClaimAsync(jobs, session);
        _ = await WriteAsync(claimed[Count]);
        await ResetAsync();

        var results = await Task.WhenAll(claimed.Take(Count).Select(WriteAsync));

        Assert.All(results, static result => Assert.True(result.IsCommitted));
        var statements = await StatementsAsync();
        Assert.InRange(statements.Sum(static one => one.Calls), 1, Count);
        Assert.All(statements, static one =>
        {
            Assert.Contains("jobs_apply_v1", one.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("commit_v3", one.Text, StringComparison.Ordinal);
        });
        Assert.Equal(Count + 1, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Succeeded]);

        Task<CommitResult> WriteAsync(LeasedJob job) => jobs.CommitAsync(
            new Commit(Put(job.Id.ToString()), new SettleOperation(job.Lease, Settlement.Succeeded)),
            Cancel).AsTask();
    }

    [Fact]
    public async Task Claims_read_no_more_while_somebody_holds_an_old_snapshot()
    {
        const int Rounds = 30;
        var jobs = await OpenJobsAsync();
        var session = await OpenSessionAsync(jobs);
        for (var i = 0; i <= Rounds; i++)
        {
            _ = await EnqueueAsync(jobs, Batch);
        }

        await SettleAsync(jobs, await ClaimAsync(jobs, session));
        await using var holder = await Source.OpenConnectionAsync(Cancel);
        await using var snapshot = await holder.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, Cancel);
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = "SELECT count(*) FROM undercroft.jobs";
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        var blocks = new List<long>();
        for (var i = 0; i < Rounds; i++)
        {
            await ResetAsync();
            var claimed = await ClaimAsync(jobs, session);
            blocks.Add(Assert.Single(await StatementsAsync()).Blocks);
            Assert.Equal(Batch, claimed.Count);
            await SettleAsync(jobs, claimed);
        }

        var (early, late) = (blocks[1..6].Average(), blocks[^5..].Average());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"note: blocks read by a claim of {Batch} under a held snapshot: {early} at first, {late} in the end");
        Assert.True(late < (2 * early) + 100, $"A claim reads {late} blocks, and had read {early}.");
    }

    // The counts of a server that others use are forgotten when there are too many.
    protected override async Task<PostgresServer> ServerAsync(SharedPostgres servers)
    {
        var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        Own(server);
        return server;
    }

    // Nobody listens and nobody looks: what is counted is what the calls need. And no time passes, so that no claim
    // looks at the head again because a second is over.
    private async Task<JobStore> OpenJobsAsync()
    {
        _ = await AskAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        var options = Options(static options =>
        {
            options.Listen = false;
            options.PollInterval = TimeSpan.FromHours(1);
        });
        var store = await PostgresStore.OpenAsync(options, new ManualClock(), Cancel);
        Own(store);
        return JobStore.For(store);
    }

    private static async Task RunAsync(JobStore jobs, SessionId session)
    {
        _ = await EnqueueAsync(jobs, Batch);
        var claimed = await ClaimAsync(jobs, session);
        Assert.Equal(Batch, claimed.Count);
        await SettleAsync(jobs, claimed);
    }

    private Task<object?> ResetAsync() => AskAsync(
        "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)");

    private async Task<IReadOnlyList<Statement>> StatementsAsync()
    {
        await using var command = Source.CreateCommand("""
            SELECT s.query, s.calls, s.shared_blks_hit + s.shared_blks_read FROM pg_stat_statements s
            WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND s.query NOT LIKE '%pg_stat_statements%' AND s.query <> 'DISCARD ALL'
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var statements = new List<Statement>();
        while (await reader.ReadAsync(Cancel))
        {
            statements.Add(new Statement(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return statements;
    }

    private sealed record Statement(string Text, long Calls, long Blocks);
}
