using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Undercroft.AspNetCore;
using Undercroft.Cli.Commands;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Monitors;

/// <summary>The service of monitors as a process.</summary>
internal static class MonitorServer
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    public static async Task<ExitCode> RunAsync(
        CliRun run, ServeSettings settings, CancellationToken cancellationToken)
    {
        var isLocal = ServeUrls.Check(settings.Urls);
        var isAnonymous = isLocal && !settings.RequiresKeys;
        var store = await ServiceStore.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        var storage = new Storage(store, new StorageOptions { Clock = run.Host.Clock });
        await using var owned = storage.ConfigureAwait(false);
        if (!isAnonymous && !await new MonitorApiKeys(storage, run.Host.Clock).AnyAsync(cancellationToken)
            .ConfigureAwait(false))
        {
            throw new CliException(
                ExitCode.Usage,
                "Callers need a key here, and there is none. Make one: "
                + $"'{CliApp.Name} monitors keys create NAME{Option(run.Choice)}; or listen on 127.0.0.1 only.");
        }

        var app = Build(run, settings, storage, isAnonymous);
        await using var ownedApp = app.ConfigureAwait(false);
        try
        {
            await StartAsync(app, settings, cancellationToken).ConfigureAwait(false);
            Announce(run, settings, app);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken, app.Lifetime.ApplicationStopping);
            await ServiceStore.WaitForEndAsync(ended.Token).ConfigureAwait(false);
        }
        finally
        {
            using var limit = new CancellationTokenSource(StopMax, run.Host.Clock);
            await app.StopAsync(limit.Token).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    // What holds a secret is not shown: the caller knows it.
    private static string Option(StoreChoice choice) =>
        choice.Source != "--store" ? "'"
        : UriText.HasSecret(choice.Uri) ? "', with the --store of this call"
        : $" --store {UriText.Shown(choice.Uri)}'";

    private static WebApplication Build(CliRun run, ServeSettings settings, Storage storage, bool isAnonymous)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = CliApp.Name });
        _ = builder.WebHost.UseKestrelCore().UseUrls([.. settings.Urls]);
        _ = builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        _ = builder.Services.AddRoutingCore();
        _ = builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        _ = builder.Logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddProvider(new NoteLoggerProvider(run.Output));
        builder.Services.TryAddSingleton(run.Host.Clock);
        _ = builder.Services.AddUndercroft()
            .UseStore((_, _) => new ValueTask<IStore>(new BorrowedStore(storage.Store)))
            .AddMonitors(options =>
            {
                options.Service.Clock = run.Host.Clock;
                options.Worker.Location = settings.Location;
                options.Worker.Concurrency = settings.Concurrency;
                options.Worker.Name = ServiceStore.ProcessName();
                options.RunsWorker = settings.HasWorker;
                settings.Execution.Apply(run, options.Executor);
            });
        var app = builder.Build();
        if (isAnonymous)
        {
            _ = app.Use(static (http, next) => ServeUrls.IsOwnName(http.Request.Host.Host)
                ? next(http)
                : RefuseAsync(http));
        }

        _ = app.UseRouting();
        _ = app.MapMonitors(options => options.AllowsAnonymous = isAnonymous);
        _ = app.MapMethods("/health", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)HealthAsync);
        _ = app.MapFallback("{*path}", (RequestDelegate)NothingAsync);
        return app;
    }

    private static async Task StartAsync(
        WebApplication app, ServeSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            var where = string.Join(", ", settings.Urls);
            var isTaken = error.InnerException is AddressInUseException
                || error.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
            throw new CliException(
                ExitCode.Failure,
                isTaken
                    ? $"Cannot listen on {where}: another program has the port. End it, or choose another by --urls."
                    : $"Cannot listen on {where}: {error.GetBaseException().Message}. Choose another by --urls.");
        }
    }

    private static void Announce(CliRun run, ServeSettings settings, WebApplication app)
    {
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (run.IsJson)
        {
            run.Output.Json(
                new ServingView(
                    [.. urls], run.Choice.Uri.ToString(), settings.HasWorker ? settings.Location : null),
                CliJson.Default.ServingView);
        }
        else
        {
            run.Output.Line(
                $"Monitors are served at {string.Join(", ", urls)} and kept in {run.Choice.Uri}. Ctrl-C ends it.");
        }

        run.Output.Flush();
    }

    private static Task HealthAsync(HttpContext http) => HealthEndpoint.AnswerAsync(
        http,
        http.RequestServices.GetRequiredService<Storage>().Store,
        http.RequestServices.GetRequiredService<TimeProvider>(),
        () => http.RequestServices.GetRequiredService<MonitorsStatus>().Faults);

    private static Task NothingAsync(HttpContext http) => ProblemAsync(
        http,
        StatusCodes.Status404NotFound,
        """
        {"type": "about:blank", "title": "Not Found", "status": 404,
         "detail": "There is nothing here. GET /openapi.json lists what there is."}
        """);

    // A page of another site can have its own name lead here: then the name it calls us by tells.
    private static Task RefuseAsync(HttpContext http) => ProblemAsync(
        http,
        StatusCodes.Status403Forbidden,
        """
        {"type": "about:blank", "title": "Forbidden", "status": 403,
         "detail": "Without keys this service answers to addresses and localhost only. Start it with --require-keys."}
        """);

    private static Task ProblemAsync(HttpContext http, int status, string problem)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json; charset=utf-8";
        return http.Response.WriteAsync(problem, http.RequestAborted);
    }

    /// <summary>The command line ends the process, not the host.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
