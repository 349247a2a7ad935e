using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Tests;

/// <summary>Monitors in an application of ours, in memory, on a port of the system's choice.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication app;

    private Service(WebApplication app)
    {
        this.app = app;
        Api = new Api(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Single());
    }

    public Api Api { get; }

    public MonitorService Monitors => app.Services.GetRequiredService<MonitorService>();

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public static async Task<Service> StartAsync(
        Action<MonitorsOptions>? configure = null,
        Action<MonitorApiOptions>? configureApi = null,
        string group = "",
        IStore? store = null,
        TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        _ = builder.Logging.ClearProviders();
        _ = builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        if (clock is not null)
        {
            _ = builder.Services.AddSingleton(clock);
        }

        var storage = builder.Services.AddUndercroft();
        _ = (store is null ? storage.UseMemory() : storage.UseStore((_, _) => new(store))).AddMonitors(options =>
        {
            options.Executor.Guard = AddressGuard.Parse("loopback");
            options.PollInterval = TimeSpan.FromMilliseconds(100);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        _ = app.MapGroup(group).MapMonitors(configureApi ?? (static options => options.AllowsAnonymous = true));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Service(app);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
