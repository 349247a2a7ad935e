using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Undercroft.Jobs.Tests;

public sealed class HostingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_runs_jobs_by_scoped_handlers_and_drains_when_it_stops()
    {
        using var host = Build([], jobs => jobs
            .AddHandler<Sent, MailHandler>(Kinds.Mail)
            .AddSchedule(new JobSchedule { Name = "nightly", Cron = "0 3 * * *", Kind = "mail" }));
        await host.StartAsync(Token);
        var storage = host.Services.GetRequiredService<Storage>();

        var job = await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent("Ann"), cancellationToken: Token);
        await Eventually.HoldsAsync(async () =>
            (await storage.Jobs.FindJobAsync(job, Token))?.State == JobState.Succeeded);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        var schedule = await host.Services.GetRequiredService<JobWorker>().Schedules.FindAsync("nightly", Token);
        await host.StopAsync(Token);

        Assert.Equal(["Ann"], host.Services.GetRequiredService<Outbox>().Mails);
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.NotNull(schedule);
        Assert.Empty(await storage.Jobs.ListSessionsAsync(Token));
    }

    [Fact]
    public async Task Settings_come_from_the_configuration_and_the_code_has_the_last_word()
    {
        using var host = Build(
            new()
            {
                ["Undercroft:Jobs:Lease"] = "00:00:30",
                ["Undercroft:Jobs:KeepDead"] = "forever",
                ["Undercroft:Jobs:RunsSchedules"] = "false",
                ["Undercroft:Jobs:PollInterval"] = "00:00:02",
                ["Undercroft:Jobs:Queues:mail:Concurrency"] = "4",
                ["Undercroft:Jobs:Queues:mail:Prefetch"] = "8",
            },
            configure: static options => options.PollInterval = TimeSpan.FromSeconds(3));
        await host.StartAsync(Token);

        var options = host.Services.GetRequiredService<IOptions<JobsOptions>>().Value;

        Assert.Equal(
            (TimeSpan.FromSeconds(30), null, false, TimeSpan.FromSeconds(3), 4, 8),
            (options.Lease, options.KeepDead, options.RunsSchedules, options.PollInterval,
                options.Queues["mail"].Concurrency, options.Queues["mail"].Prefetch));
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("Undercroft:Jobs:Lease", "soon", "The setting Undercroft:Jobs:Lease is 'soon'; expected a time")]
    [InlineData("Undercroft:Jobs:Lease", "60", "The setting Undercroft:Jobs:Lease is '60'; expected a time")]
    [InlineData("Undercroft:Jobs:Leese", "1", "The setting Undercroft:Jobs:Leese is not known")]
    [InlineData("Undercroft:Jobs:RunsJobs", "maybe", "expected 'true' or 'false'")]
    [InlineData("Undercroft:Jobs:Queues:a:Concurrency", "-1", "expected a whole number")]
    [InlineData("Undercroft:Jobs:Queues:a:Speed", "1", "The setting Undercroft:Jobs:Queues:a:Speed is not known")]
    [InlineData("Undercroft:Jobs", "x", "The setting Undercroft:Jobs is 'x'; expected a section with Name, Lease,")]
    [InlineData("Undercroft:Jobs:Queues", "x", "Jobs:Queues is 'x'; expected a section with the name of each")]
    [InlineData("Undercroft:Jobs:Queues:a", "4", "Jobs:Queues:a is '4'; expected a section with Concurrency,")]
    [InlineData("Undercroft:Jobs:Lease:Max", "4", "The setting Undercroft:Jobs:Lease is a section; expected a value.")]
    [InlineData("Undercroft:Jobs:Queues:a:Concurrency", "0", "Queues:a:Concurrency is 0; expected 1 to 10000")]
    [InlineData("Undercroft:Jobs:Lease", "3651.00:00:00", "Undercroft:Jobs:Lease is 3651.00:00:00; expected")]
    public async Task A_wrong_setting_stops_the_start_with_its_name(string key, string value, string expected)
    {
        using var host = Build(new() { [key] = value });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_schedule_of_a_name_is_refused()
    {
        var schedule = new JobSchedule { Name = "nightly", Cron = "0 3 * * *", Kind = "mail" };

        var error = Assert.Throws<ArgumentException>(() => Build([], jobs => jobs
            .AddSchedule(schedule)
            .AddSchedule(schedule with { Name = "daily" })
            .AddSchedule(schedule with { Cron = "0 4 * * *" })));

        Assert.StartsWith("The schedule 'nightly' has been added already.", error.Message, StringComparison.Ordinal);
    }

    private static IHost Build(
        Dictionary<string, string?> settings,
        Action<UndercroftJobsBuilder>? add = null,
        Action<JobsOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        _ = builder.Configuration.AddInMemoryCollection(settings);
        _ = builder.Services.AddSingleton(_ => new Storage(new MemoryStore())).AddSingleton<Outbox>();
        _ = builder.Services.AddHealthChecks().AddUndercroftJobsCheck();
        add?.Invoke(builder.Services.AddUndercroftJobs(configure));
        _ = builder.Services.AddUndercroftJobs();
        if (add is null && configure is not null)
        {
            _ = builder.Services.AddUndercroftJobs(configure);
        }

        return builder.Build();
    }

    internal sealed class Outbox
    {
        public List<string> Mails { get; } = [];
    }

    internal sealed class MailHandler(Outbox outbox) : IJobHandler<Sent>
    {
        public ValueTask HandleAsync(Sent payload, JobContext context, CancellationToken cancellationToken)
        {
            outbox.Mails.Add(payload.To);
            return ValueTask.CompletedTask;
        }
    }
}
