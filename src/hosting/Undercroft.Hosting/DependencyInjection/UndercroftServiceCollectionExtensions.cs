using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Undercroft;
using Undercroft.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Undercroft to an application.</summary>
public static class UndercroftServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="Storage"/>, opened when the host starts and disposed with it.</summary>
    /// <remarks>
    /// Which store it is, is decided by the first of these that says so: the code
    /// (<see cref="UndercroftBuilder.UseStore(string)"/> or <paramref name="configure"/>), the configuration
    /// (<c>Undercroft:Store</c>), the environment (<c>UNDERCROFT_STORE</c> with a URI; else <c>STORAGE_BACKEND</c> with
    /// a kind, and for <c>sqlite</c> its path in <c>SQLITE_PATH</c>, for <c>file</c> in <c>FILE_PATH</c>), memory. A
    /// wrong choice stops the start. Calling it again adds to the first call.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Changes the settings after the configuration was read; null changes none.</param>
    public static UndercroftBuilder AddUndercroft(
        this IServiceCollection services, Action<UndercroftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        _ = services.AddOptions<UndercroftOptions>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<UndercroftOptions>, UndercroftOptionsSetup>(
                provider => new UndercroftOptionsSetup(
                    provider.GetService<IConfiguration>(), provider.GetService<TimeProvider>())));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<UndercroftOptions>, UndercroftOptionsValidator>());
        if (configure is not null)
        {
            _ = services.Configure(configure);
        }

        services.TryAddSingleton<StoreSchemes>();
        services.TryAddSingleton(static provider => new StoreSelection(
            provider.GetRequiredService<StoreSchemes>(), ReadEnvironment));
        services.TryAddSingleton(static provider => new StorageSource(
            provider.GetRequiredService<StoreSelection>(), chosen: null));
        services.TryAddSingleton(static provider => new StorageOpener(
            provider.GetRequiredService<IOptions<UndercroftOptions>>(),
            provider.GetRequiredService<StorageSource>(),
            provider,
            provider.GetService<ILogger<StorageOpener>>() ?? NullLogger<StorageOpener>.Instance));
        services.TryAddSingleton(static provider => provider.GetRequiredService<StorageOpener>().Opened);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StorageStarter>());
        return new UndercroftBuilder(services);
    }

    // Here is where the environment is read, so that it is read nowhere else.
#pragma warning disable RS0030
    private static string? ReadEnvironment(string name) => Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
}
