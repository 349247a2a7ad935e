namespace Undercroft.Jobs.Tests;

public sealed class JobsOptionsTests
{
    public static TheoryData<string, Action<JobsOptions>> Wrong => new()
    {
        { nameof(JobsOptions.Lease), static to => to.Lease = TimeSpan.MaxValue },
        { nameof(JobsOptions.Lease), static to => to.Lease = TimeSpan.FromMilliseconds(299) },
        { nameof(JobsOptions.PollInterval), static to => to.PollInterval = TimeSpan.Zero },
        { nameof(JobsOptions.MaintenanceInterval), static to => to.MaintenanceInterval = TimeSpan.FromHours(2) },
        { nameof(JobsOptions.DrainTimeout), static to => to.DrainTimeout = TimeSpan.FromTicks(-1) },
        { nameof(JobsOptions.AbandonAfter), static to => to.AbandonAfter = TimeSpan.FromDays(2) },
        { nameof(JobsOptions.KeepSucceeded), static to => to.KeepSucceeded = TimeSpan.MaxValue },
        { nameof(JobsOptions.KeepCancelled), static to => to.KeepCancelled = TimeSpan.FromDays(3651) },
        { nameof(JobsOptions.KeepDead), static to => to.KeepDead = TimeSpan.FromDays(-1) },
        { nameof(JobsOptions.SettleBatchMax), static to => to.SettleBatchMax = 0 },
        { "Queues:a:Concurrency", static to => to.Queues["a"] = new JobQueueOptions { Concurrency = 0 } },
        { "Queues:a:Prefetch", static to => to.Queues["a"] = new JobQueueOptions { Prefetch = 1001 } },
        { nameof(JobsOptions.Queues), static to => to.Queues[" "] = new JobQueueOptions() },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_out_of_range_is_refused_and_named(string name, Action<JobsOptions> set)
    {
        var options = new JobsOptions();
        set(options);

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.StartsWith($"The setting Undercroft:Jobs:{name} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_and_the_bounds_are_right()
    {
        new JobsOptions().Validate();
        new JobsOptions
        {
            Lease = TimeSpan.FromDays(1),
            KeepSucceeded = TimeSpan.Zero,
            KeepCancelled = null,
            KeepDead = TimeSpan.FromDays(3650),
        }.Validate();
    }
}
