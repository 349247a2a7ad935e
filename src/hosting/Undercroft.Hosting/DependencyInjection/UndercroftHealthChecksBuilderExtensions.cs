using Microsoft.Extensions.Diagnostics.HealthChecks;
using Undercroft.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Undercroft to an application's health checks.</summary>
public static class UndercroftHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that is healthy where the store is open and answers a read.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What to report when it fails; null means unhealthy.</param>
    /// <param name="tags">Tags to choose checks by; null means none.</param>
    public static IHealthChecksBuilder AddUndercroftCheck(
        this IHealthChecksBuilder builder,
        string name = "undercroft",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Add(new HealthCheckRegistration(
            name,
            static provider => new StorageHealthCheck(provider.GetRequiredService<StorageOpener>()),
            failureStatus,
            tags));
    }
}
