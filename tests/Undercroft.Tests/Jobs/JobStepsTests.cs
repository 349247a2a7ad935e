using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

/// <summary>What jobs in memory cost, in rows looked at: however many wait, and whatever the machine.</summary>
public sealed class JobStepsTests
{
    private const int Many = 1_000_000;
    private const int Few = 1_000;
    private const int Batch = 100;
    private const string Kind = "work";

    private static readonly DateTimeOffset Start = new(2031, 3, 14, 15, 9, 26, TimeSpan.Zero);

    [Fact]
    public void A_claim_with_a_million_waiting_looks_at_hardly_more_than_with_a_thousand()
    {
        var (few, many) = (StepsOfClaims(Few), StepsOfClaims(Many));

        // A job enters three lists and leaves three, each in a logarithm of their length.
        Assert.InRange(many, 1, 6 * 2 * Math.Log2(Many));
        Assert.InRange(many / few, 0, 4);
    }

    [Fact]
    public void A_page_of_one_state_looks_at_no_jobs_of_others()
    {
        var table = new JobTable();
        var session = Open(table);
        Enqueue(table, 100_000, static _ => 0);
        var claimed = Claim(table, session);
        _ = new JobJudge(table, Start).Apply(new Commit(
            [.. claimed.Jobs.Select(static job => new SettleOperation(job.Lease, Settlement.Fail("no")))]));
        Enqueue(table, 100_000, static _ => 0);

        foreach (var isReverse in new[] { false, true })
        {
            var before = table.Orders.Steps;
            var dead = table.Orders.Walk(JobState.Dead, after: null, isReverse).ToList();
            Assert.Equal(Batch, dead.Count);
            Assert.Equal(isReverse, dead[0].Order > dead[^1].Order);

            // The block they are in, and one step for each other block.
            Assert.InRange(table.Orders.Steps - before, Batch, 1024 + 200);
            Assert.Equal(
                dead.Skip(10), table.Orders.Walk(JobState.Dead, dead[9].Order, isReverse));
        }
    }

    [Fact]
    public void Rows_and_their_places_are_used_again_once_jobs_are_forgotten()
    {
        var table = new JobTable();
        var session = Open(table);
        for (var round = 0; round < 50; round++)
        {
            Enqueue(table, 1000, static number => number % 3);
            while (Claim(table, session) is { Jobs.Count: > 0 } claimed)
            {
                _ = new JobJudge(table, Start).Apply(new Commit(
                    [.. claimed.Jobs.Select(static job => new SettleOperation(job.Lease, Settlement.Succeeded))]));
            }

            Assert.Equal(1000, table.Orders.Walk(JobState.Succeeded, after: null, isReverse: false).Count());
            var report = new JobJudge(table, Start).Maintain(
                new JobMaintenance { Max = 10_000, KeepSucceeded = TimeSpan.Zero });
            Assert.Equal(1000, report.Pruned);
            Assert.Empty(table.Orders.Walk(JobState.Succeeded, after: null, isReverse: false));
            Assert.InRange(table.Orders.BlockCount, 0, 2);
        }
    }

    // The average of a job's claim and settlement, in rows.
    private static double StepsOfClaims(int waiting)
    {
        var table = new JobTable();
        var session = Open(table);

        // Not in the order of their priorities: then it is the tree that is asked.
        Enqueue(table, waiting, static number => number * 7919 % 5);
        var before = table.Steps;
        var count = 0;
        for (var i = 0; i < 5; i++)
        {
            var claimed = Claim(table, session);
            Assert.Equal(Batch, claimed.Jobs.Count);
            count += claimed.Jobs.Count;
            _ = new JobJudge(table, Start).Apply(new Commit(
                [.. claimed.Jobs.Select(static job => new SettleOperation(job.Lease, Settlement.Succeeded))]));
        }

        return (double)(table.Steps - before) / count;
    }

    private static SessionId Open(JobTable table)
    {
        var session = SessionId.New();
        Assert.True(new JobJudge(table, Start)
            .Heartbeat(session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) })
            .IsAlive);
        return session;
    }

    private static void Enqueue(JobTable table, int count, Func<int, int> priority)
    {
        const int Part = 1000;
        for (var i = 0; i < count; i += Part)
        {
            var from = i;
            _ = new JobJudge(table, Start).Apply(new Commit(
                [.. Enumerable.Range(from, Part).Select(number => new EnqueueOperation(
                    new NewJob { Kind = Kind, Priority = priority(number) }))]));
        }
    }

    private static ClaimResult Claim(JobTable table, SessionId session) => new JobJudge(table, Start).Claim(
        session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = Batch });
}
