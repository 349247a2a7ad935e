using System.Collections.Specialized;
using Quartz;
using Quartz.Impl;

namespace Undercroft.Bench.Floors;

/// <summary>Quartz.NET with its store in memory: jobs that run once, scheduled and run.</summary>
public sealed class QuartzFloor
{
    private const string Counter = "counter";
    private readonly IScheduler scheduler;
    private int made;

    private QuartzFloor(IScheduler scheduler) => this.scheduler = scheduler;

    /// <summary>Starts a scheduler.</summary>
    public static async Task<QuartzFloor> StartAsync(int threads)
    {
        var factory = new StdSchedulerFactory(new NameValueCollection
        {
            ["quartz.scheduler.instanceName"] = $"bench {Environment.TickCount64}",
            ["quartz.threadPool.maxConcurrency"] = $"{threads}",
            ["quartz.jobStore.type"] = "Quartz.Simpl.RAMJobStore, Quartz",
            ["quartz.scheduler.batchTriggerAcquisitionMaxCount"] = $"{threads}",
        });
        return new QuartzFloor(await factory.GetScheduler());
    }

    /// <summary>Schedules jobs and waits until all have run.</summary>
    public async Task RunAsync(int count)
    {
        var counter = new Countdown(count);
        scheduler.Context[Counter] = counter;
        await scheduler.Standby();
        for (var i = 0; i < count; i++)
        {
            var name = $"{made++}";
            await scheduler.ScheduleJob(
                JobBuilder.Create<Work>().WithIdentity(name).Build(),
                TriggerBuilder.Create().WithIdentity(name).StartNow().Build());
        }

        await scheduler.Start();
        await counter.Done;
    }

    /// <summary>Ends the scheduler.</summary>
    public Task StopAsync() => scheduler.Shutdown(waitForJobsToComplete: true);

    private sealed class Countdown(int count)
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int left = count;

        public Task Done => done.Task;

        public void Tick()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                done.SetResult();
            }
        }
    }

    private sealed class Work : IJob
    {
        public Task Execute(IJobExecutionContext context)
        {
            ((Countdown)context.Scheduler.Context[Counter]!).Tick();
            return Task.CompletedTask;
        }
    }
}
