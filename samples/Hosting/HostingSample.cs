using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Undercroft;

namespace Samples;

internal sealed record Visit(string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Visit))]
internal sealed partial class VisitJson : JsonSerializerContext;

/// <summary>An application with a storage in its host: <c>dotnet run --project samples/Hosting</c>.</summary>
public static class HostingSample
{
    private static readonly CollectionDefinition<Visit> Visits = new("visits", VisitJson.Default.Visit);

    /// <summary>Runs the application on what its configuration and environment say.</summary>
    public static Task Main(string[] args) => RunAsync(args, Console.Out);

    /// <summary>Runs the application.</summary>
    /// <param name="args">Configuration, such as <c>--Undercroft:Store=memory:</c>.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string[] args, TextWriter output)
    {
        // docs:add
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services
            .AddUndercroft(options => options.Storage.Origin = "hosting-sample")
            .UseSchemes(new StoreSchemes().AddSqlite().AddFiles())
            .AddCollection(Visits);
        builder.Services.AddHealthChecks().AddUndercroftCheck();
        builder.Services.AddHostedService<Greeter>();

        // docs:end
        builder.Services.AddSingleton(output);
        using var host = builder.Build();
        await host.RunAsync();
    }

    // docs:use
    private sealed class Greeter(IServiceProvider services, IHostApplicationLifetime application, TextWriter output)
        : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var visits = services.GetRequiredService<IRepository<Visit>>();
            await visits.UpsertAsync("first", new Visit("Ann"), cancellationToken: stoppingToken);
            var visit = await visits.GetAsync("first", stoppingToken);
            await output.WriteLineAsync($"hello, {visit?.Value.Name}");
            application.StopApplication();
        }
    }

    // docs:end
}
