using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Undercroft;
using Undercroft.AspNetCore;
using Undercroft.AspNetCore.Hosting;
using Undercroft.Monitors;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds monitors to an application.</summary>
public static class UndercroftMonitorsServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="MonitorService"/> on the application's storage, with its scheduler and a worker in
    /// this process. <c>MapMonitors</c> maps its endpoints.</summary>
    /// <param name="builder">What <c>AddUndercroft</c> returns.</param>
    /// <param name="configure">Changes the settings; null changes none.</param>
    public static UndercroftBuilder AddMonitors(
        this UndercroftBuilder builder, Action<MonitorsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        _ = services.AddOptions<MonitorsOptions>();
        if (configure is not null)
        {
            _ = services.Configure(configure);
        }

        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<MonitorsOptions>>().Value.Service;
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Undercroft.AspNetCore");
            options.Unreadable ??= new UnreadableLog(logger).Tell;
            return new MonitorService(
                provider.GetRequiredService<Storage>(), options, provider.GetService<IMeterFactory>());
        });
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<MonitorsOptions>>().Value;
            return new MonitorExecutor(options.Executor, options.Service.Clock);
        });
        services.TryAddSingleton<MonitorsHost>();
        services.TryAddSingleton(
            static provider => new MonitorsStatus(provider.GetRequiredService<MonitorsHost>().Faults));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MonitorsHost>(
            static provider => provider.GetRequiredService<MonitorsHost>()));
        return builder;
    }
}
