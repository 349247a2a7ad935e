using System.Collections.Concurrent;
using Undercroft.Jobs;

namespace Undercroft.Conformance;

/// <summary>Many at once: each job one owner, each settlement once, no key beyond its limit.</summary>
public abstract class JobRaceLaws : JobKeyLaws
{
    [Fact]
    public virtual async Task Of_many_claimers_each_job_has_one()
    {
        const int Count = 120;
        for (var i = 0; i < Count; i += 40)
        {
            _ = await DoAsync([.. Enumerable.Range(0, 40).Select(
                static _ => new EnqueueOperation(new NewJob { Kind = Kind }))]);
        }

        var owners = new ConcurrentDictionary<JobId, JobLease>();
        _ = await RaceAsync(4, async claimer =>
        {
            var session = await OpenSessionAsync();
            while (true)
            {
                var claim = await ClaimAsync(session, 7);
                if (HasFailed || (claim.Jobs.Count == 0 && owners.Count == Count))
                {
                    return 0;
                }

                foreach (var job in claim.Jobs)
                {
                    Assert.True(owners.TryAdd(job.Id, job.Lease), $"Job {job.Id} has two owners.");
                    _ = await SettleAsync(job, Settlement.Succeeded);
                }
            }
        });

        Assert.Equal((Count, 0), (await CountAsync(JobState.Succeeded), await CountAsync(JobState.Ready)));
    }

    [Fact]
    public virtual async Task Of_many_settlements_of_one_run_one_is_applied_with_what_it_writes()
    {
        for (var round = 0; round < 5; round++)
        {
            _ = await EnqueueAsync();
            var job = await ClaimOneAsync(await OpenSessionAsync());
            var results = await RaceAsync(4, _ => CommitAsync(
                new AddOperation(Sample.Key("settled"), 1), new SettleOperation(job.Lease, Settlement.Succeeded)));

            var won = Assert.Single(results, static result => result.IsCommitted);
            Assert.Equal(round + 1, Assert.Single(won.Counters));
            Assert.All(results, result => Assert.True(
                result.IsCommitted || result.Conflicts[0].Kind == ConflictKind.StaleLease));
        }
    }

    [Fact]
    public virtual async Task A_key_is_never_beyond_its_limit_and_all_its_jobs_run()
    {
        const int Count = 40;
        for (var i = 0; i < Count; i++)
        {
            _ = await EnqueueAsync("key", limit: 2);
        }

        int running = 0, done = 0;
        _ = await RaceAsync(3, async claimer =>
        {
            var session = await OpenSessionAsync();
            while (!HasFailed && Volatile.Read(ref done) < Count)
            {
                foreach (var job in (await ClaimAsync(session, 3)).Jobs)
                {
                    Assert.True(Interlocked.Increment(ref running) <= 2, "A key is beyond its limit.");
                    await Task.Yield();
                    _ = Interlocked.Decrement(ref running);
                    _ = await SettleAsync(job, Settlement.Succeeded);
                    _ = Interlocked.Increment(ref done);
                }
            }

            return 0;
        });

        Assert.Equal((Count, 0), (await CountAsync(JobState.Succeeded), await CountAsync(JobState.Waiting)));
    }

    [Fact]
    public virtual async Task Who_waits_for_work_is_woken_by_it()
    {
        var mark = Jobs.WorkMark;
        var waiting = Jobs.WaitForWorkAsync(mark, Cancel).AsTask();
        _ = await EnqueueAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);
        await Jobs.WaitForWorkAsync(mark, Cancel).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);
    }

    [Fact]
    public virtual async Task Who_renews_a_session_gets_through_however_busy_the_others_are()
    {
        const int Renewals = 10;
        var isOver = false;
        var session = await OpenSessionAsync();
        var renewed = await RaceAsync(4, async client =>
        {
            if (client == 0)
            {
                var alive = 0;
                for (var i = 0; i < Renewals; i++)
                {
                    alive += (await HeartbeatAsync(session)).IsAlive ? 1 : 0;
                }

                Volatile.Write(ref isOver, true);
                return alive;
            }

            // They never rest, and all of them want the same key.
            var own = await OpenSessionAsync();
            while (!HasFailed && !Volatile.Read(ref isOver))
            {
                _ = await DoAsync(new EnqueueOperation(new NewJob { Kind = Kind, ConcurrencyKey = "one" }));
                foreach (var job in (await ClaimAsync(own)).Jobs)
                {
                    _ = await SettleAsync(job, Settlement.Succeeded);
                }
            }

            return 0;
        });

        Assert.Equal(Renewals, renewed.Sum());
    }
}
