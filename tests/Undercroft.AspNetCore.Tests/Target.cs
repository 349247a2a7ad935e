using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Undercroft.AspNetCore.Tests;

/// <summary>A server that monitors watch. It can be told to keep its callers waiting.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly WebApplication app;
    private volatile TaskCompletionSource gate = new();
    private int asked;

    private Target(WebApplication app) => this.app = app;

    public int Asked => Volatile.Read(ref asked);

    public string Url =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<Target> StartAsync(bool isOpen = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        _ = builder.Logging.ClearProviders();
        _ = builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _ = builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero);
        var target = new Target(builder.Build());
        target.app.Run(target.AnswerAsync);
        if (isOpen)
        {
            target.Open();
        }

        await target.app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    /// <summary>Answers, from now on and those who wait.</summary>
    public void Open() => gate.TrySetResult();

    /// <summary>Keeps who asks from now on waiting.</summary>
    public void Close() => gate = new TaskCompletionSource();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        _ = Interlocked.Increment(ref asked);
        await gate.Task.WaitAsync(http.RequestAborted);
        await http.Response.WriteAsync("""{"state": "up"}""", http.RequestAborted);
    }
}
