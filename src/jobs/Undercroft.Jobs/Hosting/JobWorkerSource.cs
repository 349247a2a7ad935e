using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Undercroft.Jobs;

/// <summary>Makes the application's worker, once, when its storage is open.</summary>
internal sealed class JobWorkerSource(IServiceProvider services) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private JobWorker? worker;

    /// <summary>The worker; made where it was not made yet.</summary>
    /// <exception cref="InvalidOperationException">The application has no storage, or it is not open yet.</exception>
    public JobWorker Worker
    {
        get
        {
            lock (gate)
            {
                return worker ??= Make();
            }
        }
    }

    /// <summary>The worker where there is one already.</summary>
    public JobWorker? Made
    {
        get
        {
            lock (gate)
            {
                return worker;
            }
        }
    }

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        var made = Worker;
        foreach (var seed in services.GetServices<ScheduleSeed>())
        {
            _ = await made.Schedules
                .PutAsync(seed.Schedule, made.Clock.GetUtcNow(), cancellationToken)
                .ConfigureAwait(false);
        }

        await made.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (Made is { } made)
        {
            await made.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Made is { } made)
        {
            await made.DisposeAsync().ConfigureAwait(false);
        }
    }

    private JobWorker Make()
    {
        var storage = services.GetService<Storage>() ?? throw new InvalidOperationException(
            "The jobs have no storage: expected one among the services. Add it with services.AddUndercroft(), or as " +
            "a singleton of your own.");
        var handlers = new JobHandlers();
        foreach (var seed in services.GetServices<HandlerSeed>())
        {
            seed.Add(handlers);
        }

        return new JobWorker(
            storage,
            handlers,
            services.GetRequiredService<IOptions<JobsOptions>>().Value,
            services,
            services.GetService<ILogger<JobWorker>>(),
            services.GetService<IMeterFactory>());
    }
}
