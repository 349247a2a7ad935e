using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Undercroft;
using Undercroft.Monitors;

namespace Samples;

/// <summary>An application with monitors in it, that watches itself:
/// <c>dotnet run --project samples/Monitors</c>.</summary>
public static class MonitorsSample
{
    /// <summary>Plays all scenes in memory.</summary>
    public static Task Main() => RunAsync("memory:", Console.Out);

    /// <summary>Plays all scenes.</summary>
    /// <param name="uri">The store.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string uri, TextWriter output)
    {
        await using var app = Build(uri);
        await app.StartAsync();
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        var plan = PlanText.Read(
            $$"""
            {
              "name": "shop",
              "nodes": [
                {"id": "home", "type": "HTTP_REQUEST", "base": "{{url}}", "path": "/shop"},
                {"id": "check", "type": "ASSERTION", "assertions": [
                  {"nodeId": "home", "subject": "body", "path": ["open"], "predicate": "IS_TRUE"}]}
              ]
            }
            """);
        await OnceAsync(plan, output);
        await ServiceAsync(app.Services.GetRequiredService<MonitorService>(), plan, output);
        await app.StopAsync();
    }

    private static WebApplication Build(string uri)
    {
        // docs:host
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services
            .AddUndercroft()
            .UseSchemes(new StoreSchemes().AddSqlite())
            .UseStore(uri)
            .AddMonitors(options => options.Executor.Guard = AddressGuard.Parse("loopback"));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGroup("/watch").MapMonitors();
        app.MapGet("/shop", () => Microsoft.AspNetCore.Http.Results.Text("""{"open": true}""", "application/json"));

        // docs:end
        return app;
    }

    private static async Task OnceAsync(MonitorPlan plan, TextWriter output)
    {
        // docs:once
        var executor = new MonitorExecutor(new MonitorExecutorOptions { Guard = AddressGuard.Parse("loopback") });
        var outcome = await executor.RunAsync(plan);
        foreach (var node in outcome.Nodes)
        {
            await output.WriteLineAsync($"{node.NodeId}: {node.Status} {node.HttpStatus}{node.Error}".TrimEnd());
        }

        // docs:end
        var strict = await new MonitorExecutor().RunAsync(plan);
        await output.WriteLineAsync(strict.Errors[0].Split(", an address")[0]);
    }

    private static async Task ServiceAsync(MonitorService monitors, MonitorPlan plan, TextWriter output)
    {
        // docs:service
        var stored = await monitors.Plans.CreateAsync(plan);
        var runs = await monitors.Runs.TriggerAsync(stored.Plan.Id);      // the run and its job: one commit

        // docs:end
        var run = await FinishAsync(monitors, runs[0].Id);
        var statistics = await monitors.Runs.StatisticsAsync(stored.Plan.Id);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"run: {run.Status}, success {run.Success}; {statistics.Runs} run, {statistics.SuccessRate:0%} passed"));
    }

    private static async Task<MonitorRun> FinishAsync(MonitorService monitors, string id)
    {
        while (true)
        {
            var run = await monitors.Runs.FindAsync(id);
            if (run!.IsFinal)
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
