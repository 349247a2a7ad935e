using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Undercroft.Jobs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds jobs to an application.</summary>
public static class UndercroftJobsServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="JobWorker"/> on the application's <see cref="Undercroft.Storage"/>: started when
    /// the host has started, drained when it stops. Calling it again adds to the first call.</summary>
    /// <remarks>Settings come from <c>Undercroft:Jobs</c>; the code has the last word. A wrong one stops the start.
    /// </remarks>
    /// <param name="services">The services of the application; <c>AddUndercroft()</c> brings the storage.</param>
    /// <param name="configure">Changes the settings after the configuration was read; null changes none.</param>
    public static UndercroftJobsBuilder AddUndercroftJobs(
        this IServiceCollection services, Action<JobsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        _ = services.AddOptions<JobsOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JobsOptions>, JobsOptionsSetup>(
            static provider => new JobsOptionsSetup(
                provider.GetService<IConfiguration>(), provider.GetService<TimeProvider>())));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<JobsOptions>, JobsOptionsValidator>());
        if (configure is not null)
        {
            _ = services.Configure(configure);
        }

        services.TryAddSingleton(static provider => new JobWorkerSource(provider));
        services.TryAddSingleton(static provider => provider.GetRequiredService<JobWorkerSource>().Worker);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JobWorkerService>());
        return new UndercroftJobsBuilder(services);
    }

    /// <summary>Adds a check that is healthy where the worker works and none of its loops hangs.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What to report when it fails; null means unhealthy.</param>
    /// <param name="tags">Tags to choose checks by; null means none.</param>
    public static IHealthChecksBuilder AddUndercroftJobsCheck(
        this IHealthChecksBuilder builder,
        string name = "undercroft-jobs",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Add(new HealthCheckRegistration(
            name,
            static provider => new JobsHealthCheck(provider.GetRequiredService<JobWorkerSource>()),
            failureStatus,
            tags));
    }
}
