using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Undercroft.Jobs;

/// <summary>Is healthy where the worker works and each of its loops goes round.</summary>
internal sealed class JobsHealthCheck(JobWorkerSource source) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(Check(context.Registration.FailureStatus));
    }

    private HealthCheckResult Check(HealthStatus failure)
    {
        if (source.Made?.Status is not { IsStarted: true } status)
        {
            return new HealthCheckResult(failure, "The worker does not work: the host has not started, or it stops.");
        }

        var data = new Dictionary<string, object>
        {
            ["session"] = status.Session.ToString(),
            ["running"] = status.Running,
        };
        return status.Faults.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : new HealthCheckResult(failure, string.Join(' ', status.Faults), data: data);
    }
}
